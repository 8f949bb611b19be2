udp(A, 1, B, 9, ttl=1)
udp(A, 1, B, 10)
udp(B, 1, A, 9, ttl=1)
udp(B, 1, "fd00:9::1", 9)
