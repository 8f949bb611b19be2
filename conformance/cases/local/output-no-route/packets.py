local(ip(R1, "192.0.2.1") / UDP(sport=1, dport=9) / b"x")
