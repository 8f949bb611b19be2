send(ip(A, B, plen=100) / UDP(sport=1, dport=9) / b"x")
send(ip(A, B, plen=13) / UDP(sport=1, dport=9, len=13) / b"12345 and padding")
send(ip(A, B, plen=0) / UDP(sport=1, dport=9) / b"x")
send(ip(A, B, nh=59, plen=0))
