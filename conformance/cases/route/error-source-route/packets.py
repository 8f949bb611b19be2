udp(A, 1, B, 9, ttl=1)
udp("192.0.2.9", 1, B, 9, ttl=1, dev="eth0")
udp("10.0.5.2", 1, B, 9, ttl=1, dev="eth0")
