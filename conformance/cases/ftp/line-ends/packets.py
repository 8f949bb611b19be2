t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
def port(n, **more):
    t.c("PA", b"PORT 10,0,1,2,200,%d\r\n" % n, **more)
    tcp(B, 20, A, 51200 + n)
port(1)
t.c("PA", b"an unfinished line ")
port(2)                                      # not at the beginning of a line
t.c("PA", b"NOOP\r\n")
port(3)
old = t.client.next
t.c("PA", b"NOOP\r\n")
t.c("PA", b"NOOP\r\n")
t.c("PA", b"NOOP\r\n")
port(4, seq=old)                             # a retransmission at a line end that is forgotten
port(5, seq=t.client.next + 30)              # behind a gap
port(6)
t.c("PA", b"NOOP")
t.c("PA", b"\n")
port(7)
t.c("PA", b"\n\n\n")
port(8)
