local(ip(R0, R0) / UDP(sport=1, dport=9) / b"x")
send(ip("10.8.0.2", B) / UDP(sport=1, dport=9) / b"x", dev="tun0")
udp(A, 1, B, 9)
