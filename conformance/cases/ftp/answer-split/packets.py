t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
for line in (b"227 Entering Passive Mode (10,0,2,2,200,20)\r\n", b"229 Entering Extended Passive Mode (|||51230|)\r\n"):
    for cut in (2, 3, 4, 10, len(line) - 4, len(line) - 2):
        at = t.server.next
        t.s("PA", line[:cut], seq=at)
        t.s("PA", line[cut:], seq=at + cut)
    t.s("PA", line)
    t.c("A")
tcp(A, 41000, B, 51220)
tcp(A, 41001, B, 51230)
