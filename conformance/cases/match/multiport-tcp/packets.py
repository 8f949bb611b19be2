tcp(A, 1, B, 80)
tcp(A, 443, B, 1)
tcp(A, 1, B, 81)          # dropped
udp(A, 1, B, 81)
