udp(A, 1, B, 80)
tcp(A, 1, B, 80)
