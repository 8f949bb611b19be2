udp(A, 1, B, 9)
udp(A, 1, B2, 9)          # dropped
udp(B, 1, A, 9)           # dropped: outside the network
