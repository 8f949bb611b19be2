udp(A, 1, B, 9, ttl=1)
udp(B, 1, A, 9, ttl=1)
udp(A, 1, "192.0.2.1", 9)
