q = local(ip(R1, B) / UDP(sport=1000, dport=9) / b"x")
icmp_error(q, UNREACHABLE, 3 if FAMILY == "ipv4" else 4)
