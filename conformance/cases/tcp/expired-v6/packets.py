t = Tcp(A, 1000, B, 80)
t.c("S")
sleep(2.4)
t.c("S", seq=1000, advance=False)
