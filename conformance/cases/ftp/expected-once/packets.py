t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
t.c("PA", b"PORT 10,0,1,2,200,10\r\n")
tcp(B2, 20, A, 51210)                        # another server
tcp(B, 20, A2, 51210)                        # another client
tcp(B, 20, A, 51211)                         # another port
udp(B, 20, A, 51210)                         # another protocol
tcp(B, 12345, A, 51210)
tcp(B, 12346, A, 51210)
