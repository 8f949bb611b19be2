udp(A, 1, B, 9)
tcp(A, 1, B, 9)           # dropped
ping(A, B)                # dropped
