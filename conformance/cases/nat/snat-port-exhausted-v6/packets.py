udp(A, 1000, B, 53)
udp(A, 1001, B, 53)           # no port left: dropped
udp(A, 1001, B2, 53)
udp(A, 1001, B, 54)
