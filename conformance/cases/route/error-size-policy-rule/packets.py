send(ip(A, B, ttl=1) / UDP(sport=1, dport=9) / (b"x" * 600))
send(ip(A2, B, ttl=1) / UDP(sport=1, dport=9) / (b"x" * 600))
