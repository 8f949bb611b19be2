for port, last in ((40000, 1), (40001, 2), (40002, 3), (40003, 4)):
    t = Tcp(A, port, B, 80)
    t.open()
    t.c("PA", b"request")
    t.s("A")
    for side, flags in (("c", "FA"), ("s", "A"), ("s", "FA"), ("c", "A"))[:last]:
        getattr(t, side)(flags)
    ack, seq = t.client.next, t.server.next
    t.c("S", seq=90000)
    t.s("A", seq=seq, ack=ack)               # the challenge
    t.c("R", seq=ack)
    t.c("S", seq=90000)
    t.s("SA", seq=7000, ack=90001)
    t.c("A", seq=90001, ack=7001)
