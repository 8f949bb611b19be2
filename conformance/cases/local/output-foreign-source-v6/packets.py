local(ip("2001:db8::9", B) / UDP(sport=1, dport=9) / b"x")
