send(ip(A, B, version=5) / UDP(sport=1, dport=9) / b"x")
udp(A, 1, B, 9)
