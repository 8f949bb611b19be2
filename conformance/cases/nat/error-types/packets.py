q = udp(A, 1000, B, 53, b"question")
for kind, code in ((3, 0), (3, 2), (3, 3), (3, 9), (3, 13), (3, 15), (4, 0), (5, 1), (11, 1), (12, 1)):
    icmp_error(q, kind, code)
