send(ip(A, B, len=19) / UDP(sport=1, dport=9) / b"x")
send(ip(A, B, len=200) / UDP(sport=1, dport=9) / b"x")
send(ip(A, B, len=33) / UDP(sport=1, dport=9, len=13) / b"12345 and padding behind")
send(ip(A, B, len=20) / UDP(sport=1, dport=9) / b"x")
