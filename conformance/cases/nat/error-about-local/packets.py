q = local(ip(R0, B) / UDP(sport=1000, dport=53) / b"question")
icmp_error(q, UNREACHABLE, 1)
