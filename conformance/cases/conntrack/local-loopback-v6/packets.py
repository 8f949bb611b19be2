q = local(ip(R0, R0) / UDP(sport=1000, dport=53) / b"x")
answer(q)
