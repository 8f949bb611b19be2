t = Tcp(A, 1000, B, 80, seq=1000000)
t.open()
t.c("PA", b"x")
t.s("A")
for back in (100, 8192, 65999, 66000, 66001, 66100, 200000):
    t.s("A", ack=1000002 - back)
