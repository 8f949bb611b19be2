q = local(ip(R1, B) / UDP(sport=1000, dport=9) / b"x")
answer(q)
q = local(ip(R0, B) / UDP(sport=1000, dport=9) / b"x")
answer(q)
