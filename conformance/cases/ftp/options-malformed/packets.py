t = Tcp(A, 40000, B, 21)
t.c("S", options=[("MSS", 1460), ("SAckOK", b"")])
t.s("SA", options=[("MSS", 1460), ("SAckOK", b"")])
t.c("A")
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"230 in\r\n")
for kind, length in ((253, 40), (5, 1), (5, 10), (5, 5), (253, 0), (253, 4)):
    t.s("A", bytes([kind, length, 0, 0]), dataofs=6, advance=False)
t.c("PA", b"PORT 10,0,1,2,200,10\r\n")
for kind, length in ((253, 40), (5, 1), (5, 10), (5, 5), (253, 0), (253, 4)):
    t.s("A", bytes([kind, length, 0, 0]), dataofs=6, advance=False)
    t.c("A", bytes([kind, length, 0, 0]), dataofs=6, advance=False)
t.s("PA", b"200 ok\r\n")
