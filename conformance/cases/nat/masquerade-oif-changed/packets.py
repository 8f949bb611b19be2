udp(A, 4000, B, 53)
udp(A, 4000, B, 53)
udp(A, 4000, B, 53, tos=0x10)       # would leave on eth2: dropped, the connection dies
udp(A, 4000, B, 53, tos=0x10)       # a new one, with eth2's address
udp(B, 53, "10.0.3.1", 4000, dev="eth2")
udp(A, 4000, B, 53)                 # and back: dropped again
udp(A, 4000, B, 53)
