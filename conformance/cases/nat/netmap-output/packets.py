q = local(ip(R1, "10.0.9.2") / UDP(sport=1000, dport=53) / b"x")
answer(q)
q = local(ip(R1, "10.0.7.7") / UDP(sport=1000, dport=53) / b"x")
