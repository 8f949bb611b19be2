t = Tcp(A, 1000, B, 80)
t.c("S")
t.s("SA")
