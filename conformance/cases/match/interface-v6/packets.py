udp(A, 1, B, 9)
tcp(A, 1, B, 9)           # dropped by the first rule
udp(B, 1, A, 7)           # dropped by the second
udp(B, 1, A, 8)
