q = local(ip(R1, "fd00:9::2") / UDP(sport=1000, dport=53) / b"x")
answer(q)
q = local(ip(R1, "fd00:7::7") / UDP(sport=1000, dport=53) / b"x")
