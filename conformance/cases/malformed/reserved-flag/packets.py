send(ip(A, B, flags="evil") / UDP(sport=1, dport=9) / b"x")
