udp(B, 1, "fd00:3::2", 9)
udp("fd00:3::2", 1, B, 9, dev="eth2")
udp(A, 1, B, 9)
udp(A, 1, "fd00:3::1", 9)
