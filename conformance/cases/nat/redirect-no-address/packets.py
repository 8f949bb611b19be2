udp(A, 5, B, 9, dev="eth0")
udp(A, 5, B, 10, dev="eth0")
