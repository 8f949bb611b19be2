udp(A, 1000, B, 53)
udp(A, 1000, B, 53)
tcp(A, 1000, B, 80)
tcp(A, 1000, B, 80)
