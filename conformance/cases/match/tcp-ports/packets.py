tcp(A, 1000, B, 80)
for port in (99, 100, 200, 201):
    tcp(A, 1000, B, port)
for port in (59999, 60000, 65535, 9, 10):
    tcp(A, port, B, 80)
for port in (19, 20, 1000, 1001):
    tcp(A, 1000, B, port)
