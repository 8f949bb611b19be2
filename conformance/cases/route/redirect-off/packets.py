udp(A, 1, A2, 9)
