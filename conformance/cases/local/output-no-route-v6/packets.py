local(ip(R1, "2001:db8::1") / UDP(sport=1, dport=9) / b"x")
