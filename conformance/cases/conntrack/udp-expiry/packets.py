udp(A, 1000, B, 53)
sleep(2.4)
udp(A, 1000, B, 53)
