udp(A, 1, B, 7)
udp(B, 1, A, 7)           # dropped by the last rule: goes to eth0
udp(B, 1, A, 8)
