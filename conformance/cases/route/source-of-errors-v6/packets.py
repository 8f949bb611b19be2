udp(A, 1, B, 9, ttl=1)
udp(B, 1, A, 9, ttl=1)
udp(A, 1, "2001:db8::1", 9)
