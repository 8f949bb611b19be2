q = send(ip("10.8.0.2", B) / UDP(sport=1, dport=9) / b"x", dev="tun0")
answer(q)
udp("10.8.0.2", 1, "10.0.1.2", 9, dev="tun0")
