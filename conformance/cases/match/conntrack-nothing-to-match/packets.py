udp(A, 1, B, 3)
tcp(A, 1, B, 9, "SF")
udp(A, 1, B, 2)
