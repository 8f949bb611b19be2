udp(B, 9, B, 9, dev="eth0")
udp(A, 9, A, 9)
