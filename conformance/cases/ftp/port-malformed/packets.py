t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
t.c("PA", b"PASS x\r\n")
t.s("PA", b"230 in\r\n")
for line in (b"PORT 10,0,1,2,200\r\n", b"PORT 10,0,1,2,300,10\r\n", b"PORT a,b,c,d,e,f\r\n", b" PORT 10,0,1,2,200,10\r\n",
             b"PORT  10,0,1,2,200,11\r\n", b"XPORT 10,0,1,2,200,12\r\n", b"PORT10,0,1,2,200,13\r\n"):
    t.c("PA", line)
    t.s("PA", b"500 what\r\n")
