head = 20 if FAMILY == "ipv4" else 40
for protocol in ("udp", "tcp"):
    q = begin(protocol, A, B)
    for quote in (head + 8, head + 7, head + 5, head + 4, head + 3):
        icmp_error(q, UNREACHABLE, quote=quote)
