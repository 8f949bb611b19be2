local(ip(R1, B, ttl=1, tos=0x10) / UDP(sport=1, dport=9) / b"x")
