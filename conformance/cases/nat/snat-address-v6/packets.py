q = udp(A, 1000, B, 53)
answer(q)
t = Tcp(A, 1000, B, 80)
t.open()
t.close()
e = ping(A, B)
answer(e)
udp(B, 1, A, 9)               # the other direction is not translated
