send(ip(B, R1) / UDP(sport=53, dport=1000) / b"asked")
send(ip(A, B) / UDP(sport=1000, dport=53) / b"kept")
send(ip(A2, B) / UDP(sport=1000, dport=53) / b"moved")
