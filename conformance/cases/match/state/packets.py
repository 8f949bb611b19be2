t = Tcp(A, 1000, B, 80)
t.open()
tcp(A, 1001, B, 80, "SF")     # no valid set of flags: INVALID
udp(A, 1000, B, 514)
