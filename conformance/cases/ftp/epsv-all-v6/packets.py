t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
for line in (b"EPSV ALL\r\n", b"EPSV 2\r\n", b"PASV\r\n", b"EPRT\r\n", b"EPRT \r\n", b"EPRT |\r\n", b"EPRT ||\r\n", b"EPRT |||\r\n", b"EPRT ||||\r\n",
             b"LPRT 4,4,10,0,1,2,2,200,10\r\n", b"PORT\r\n", b"PORT \r\n", b"PORT ,\r\n", b"REIN\r\n"):
    t.c("PA", line)
    t.s("PA", b"500 what\r\n")
