head = 28 if FAMILY == "ipv4" else 48
for size in (48, 49, 50, 100, 101, 102):
    udp(A, 1, B, 9, b"l" * (size - head))
