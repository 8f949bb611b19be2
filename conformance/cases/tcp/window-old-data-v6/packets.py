t = Tcp(A, 1000, B, 80, seq=1000000)
t.open()
t.c("PA", b"x" * 1000)
t.s("A")
for back in (100, 8191, 8192, 8193, 9000, 66000, 200000):
    t.c("PA", b"x", seq=1001001 - back)
