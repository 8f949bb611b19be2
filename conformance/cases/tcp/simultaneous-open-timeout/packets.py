t = Tcp(A, 1000, B, 80)
t.c("S")
t.s("S", seq=5000)             # the first answer: a SYN does not count anew
t = Tcp(A, 1001, B, 80)
t.c("S")
t.s("A", seq=5001, ack=0)      # ignored, but an answer
t.s("S", seq=5000)
