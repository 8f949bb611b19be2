t = Tcp(A, 1000, B, 80)
t.open()
t.c("PA", b"data")
