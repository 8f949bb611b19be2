udp(A, 1, B, 7)
tcp(A, 1, B, 7)
udp(A, 1, B, 9, ttl=1)
udp(A, 1, B, 9)
