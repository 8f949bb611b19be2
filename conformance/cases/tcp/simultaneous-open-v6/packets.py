t = Tcp(A, 1000, B, 80)
t.c("S")
t.s("S", seq=5000)
t.server.next = 5001
t.client.ack = 5001
t.c("SA", seq=1000, advance=False)
t.s("SA", seq=5000, ack=1001, advance=False)
t.c("A")
t.s("A")
