t = Tcp(A, 1000, B, 80)
t.c("S", chksum=0x1234)
t.s("SA")
t.c("A")
