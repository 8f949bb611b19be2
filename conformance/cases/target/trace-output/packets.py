local(ip(R1, B) / UDP(sport=1, dport=1) / b"x")
