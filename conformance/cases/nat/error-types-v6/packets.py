q = udp(A, 1000, B, 53, b"question")
for kind, code in ((1, 0), (1, 1), (1, 3), (1, 4), (1, 6), (2, 0), (3, 1), (4, 0), (4, 2), (5, 0), (100, 0), (127, 0)):
    icmp_error(q, kind, code)
