for n in range(5):
    udp(A, 1, B, n + 1)       # three pass
sleep(1.4)
udp(A, 1, B, 6)               # one more credit
udp(A, 1, B, 7)
sleep(2.4)
udp(A, 1, B, 8)               # two more
udp(A, 1, B, 9)
udp(A, 1, B, 10)
