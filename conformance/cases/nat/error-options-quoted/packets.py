q = send(ip(A, B, options=[IPOption(b"\x94\x04\x00\x00")]) / UDP(sport=1000, dport=53) / b"question")
icmp_error(q, UNREACHABLE, 1)
