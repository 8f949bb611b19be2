t = Tcp(A, 40000, R1, 80)
t.open()
t.c("PA", b"GET")
t.s("PA", b"200")
