tcp(A, 1000, B, 443)
udp(A, 1000, B, 53, b"l" * 100)
udp(A, 1001, B, 53, tos=0x10)
udp(A, 1002, B, 53)
