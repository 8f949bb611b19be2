t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
t.c("PA", b"PASS x\r\n")
t.s("PA", b"230 in\r\n")
for n, line in enumerate((b"EPRT !1!10.0.1.2!51210!\r\n", b"EPRT ~1~10.0.1.2~51211~\r\n", b"EPRT 01010.0.1.2051212\r\n", b"EPRT |1!10.0.1.2|51213|\r\n",
                          b"EPRT |2|10.0.1.2|51214|\r\n", b"EPRT |1|10.0.1.2|51215\r\n", b"EPRT |1|10.0.1.2|0|\r\n", b"EPRT |1|10.0.1.2|99999|\r\n")):
    t.c("PA", line)
    t.s("PA", b"200 ok\r\n")
    tcp(B, 20, A, 51210 + n)
