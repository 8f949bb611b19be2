t = Tcp(A, 1000, B, 80)
t.open()
t.c("UPA", b"!", urgptr=1)
t.s("A")
