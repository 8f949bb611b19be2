udp(A, 1000, B, 80)
tcp(A, 1000, B, 80)
