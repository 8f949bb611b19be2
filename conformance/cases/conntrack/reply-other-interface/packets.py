q = udp(A, 1000, B, 53)
send(ip(B, A) / UDP(sport=53, dport=1000) / b"y", dev="eth0")
