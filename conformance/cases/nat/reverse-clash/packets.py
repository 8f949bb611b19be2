q = udp(A, 1000, B, 53)
udp(B, 53, R1, 5000)                         # DNAT leads to the tuple of the first connection's answers
udp(B, 53, R1, 1000)
udp(B2, 53, R1, 5000)
udp(A, 1000, B2, 53)
