for n in range(9):
    udp(A, 1, B, n + 1, ttl=1)
sleep(1.4)
udp(A, 1, B, 20, ttl=1)
udp(A, 1, B, 21, ttl=1)
udp(A2, 1, B, 22, ttl=1)
