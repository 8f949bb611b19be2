for _ in range(10):
    udp(A, 1, B, 9)
for _ in range(10):
    udp(A, 1, B, 9, ttl=1)
