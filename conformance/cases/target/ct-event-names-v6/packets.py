for port in range(1, 7):
    t = Tcp(A, 40000, B, port)
    t.open()
    t.c("PA", b"data")
    t.c("R")
    t.c("S", seq=90000)
