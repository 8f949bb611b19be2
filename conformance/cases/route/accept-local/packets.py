udp(R1, 1, B, 9, dev="eth0")
udp(R0, 1, B, 9, dev="eth0")
udp(R1, 1, R0, 9, dev="eth0")
udp(R1, 1, R0, 9, dev="eth1")
