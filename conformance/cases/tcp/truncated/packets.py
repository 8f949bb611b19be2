for size in (0, 4, 8, 19):
    segment = bytes(ip(A, B) / TCP(sport=1000, dport=80))
    head = 20 if FAMILY == "ipv4" else 40
    send(ip(A, B, **({"proto": 6} if FAMILY == "ipv4" else {"nh": 6})) / Raw(segment[head:head + size]))
