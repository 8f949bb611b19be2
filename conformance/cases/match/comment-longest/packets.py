udp(A, 1, B, 9)
