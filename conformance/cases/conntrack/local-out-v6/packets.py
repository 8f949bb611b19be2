q = local(ip(R1, B) / UDP(sport=1000, dport=53) / b"x")
answer(q)
udp(B, 53, R1, 1001)
