udp(A, 1, B, 9)
udp(A2, 1, B, 9)          # dropped
udp(B, 1, A, 9)           # dropped: not A
