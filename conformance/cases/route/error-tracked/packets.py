udp(A, 1, B, 9, ttl=1)
