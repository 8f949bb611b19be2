local(ip(R0, R1) / UDP(sport=1, dport=9) / b"x")
