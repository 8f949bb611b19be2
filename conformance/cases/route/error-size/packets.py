udp(A, 1, B, 9, b"q" * 1300, ttl=1)
udp(A, 1, B, 9, b"q" * 100, ttl=1)
