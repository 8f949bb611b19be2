for tos in (0, 0x10, 0xb8, 0x03):
    udp(A, 1, B, 9, ttl=1, tos=tos)
