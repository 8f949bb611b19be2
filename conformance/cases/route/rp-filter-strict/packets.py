udp("10.0.2.9", 1, R0, 9, dev="eth0")
udp("10.0.2.9", 1, B, 9, dev="eth0")
udp(A, 1, B, 9)
udp("192.0.2.1", 1, B, 9, dev="eth0")
