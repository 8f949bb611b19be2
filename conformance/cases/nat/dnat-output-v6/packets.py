q = local(ip(R1, "fd00:2::99") / UDP(sport=1000, dport=53) / b"x")
answer(q)
q = local(ip(R1, B) / UDP(sport=1000, dport=53) / b"x")
answer(q)
