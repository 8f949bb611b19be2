local(ip("192.0.2.9", B) / UDP(sport=1, dport=9) / b"x")
