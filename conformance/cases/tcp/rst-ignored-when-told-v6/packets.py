t = Tcp(A, 1000, B, 80)
t.open()
t.c("R", seq=1001 + 70000)
t.c("PA", b"alive")
