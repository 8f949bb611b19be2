q = udp(A, 1000, B, 53)
answer(q)
t = Tcp(A, 6050, B, 80)
t.open()
