t = Tcp(A, 40000, B, 80)
t.open()
t.c("PA", b"data")
t.s("A")
