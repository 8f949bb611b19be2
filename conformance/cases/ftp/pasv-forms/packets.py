t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
t.c("PA", b"PASS x\r\n")
t.s("PA", b"230 in\r\n")
for n, line in enumerate((b"227 10,0,2,2,200,20\r\n", b"227 Entering (10,0,2,2,200,21)\r\n", b"227 =10,0,2,2,200,22\r\n",
                          b"227 Logout.\r\n", b"226 (10,0,2,2,200,23)\r\n", b"2277 (10,0,2,2,200,24)\r\n")):
    t.s("PA", line)
    t.c("A")
    tcp(A, 40100 + n, B, 51220 + n)
