head = 20 if FAMILY == "ipv4" else 40
q = udp(A, 1000, B, 53, b"question")
for quote in (head + 8, head + 7, head + 4, head + 3, head, head - 1, 0):
    icmp_error(q, UNREACHABLE, 1, quote=quote)
