t = Tcp(A, 1000, B, 80)
t.open()
t.c("FA", chksum=0x1234, advance=False)
t.c("PA", b"data")
