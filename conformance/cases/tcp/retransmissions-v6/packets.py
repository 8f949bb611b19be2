t = Tcp(A, 1000, B, 80)
t.open()
for n in range(5):
    t.c("PA", b"again", seq=1001)
