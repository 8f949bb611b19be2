send(ip(A, R0) / IPv6ExtHdrRouting(type=0, addresses=[B]) / UDP(sport=1, dport=9) / b"x")
send(ip(A, R0) / IPv6ExtHdrRouting(type=0, segleft=0, addresses=[B]) / UDP(sport=1, dport=9) / b"x")
