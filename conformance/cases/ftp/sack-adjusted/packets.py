t = Tcp(A, 40000, B, 21)
t.c("S", options=[("MSS", 1460), ("SAckOK", b"")])
t.s("SA", options=[("MSS", 1460), ("SAckOK", b"")])
t.c("A")
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"230 in\r\n")
t.c("PA", b"PORT 10,0,1,2,200,10\r\n")
sent = t.client.next
end = t.server.ack                       # as the server counts
t.c("PA", b"LATER\r\n", seq=sent + 7)    # a segment is missing before it
t.s("A", ack=end, options=[("NOP", None), ("NOP", None), ("SAck", (end + 7, end + 14))])
t.c("PA", b"NOOP 1\r\n"[:7], seq=sent)
t.s("A", ack=end + 14)
