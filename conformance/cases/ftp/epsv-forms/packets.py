t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
for n, line in enumerate((b"229 Entering Extended Passive Mode (|||%d|)", b"229 (|||%d|)", b"229 whatever (!!!%d!)", b"229 (~~~%d~) and more", b"229 (|||0|)",
                          b"229 (|||65535|)", b"229 (|||65536|)", b"229 (|||99999|)", b"229 |||%d|", b"229 (|||%d)", b"229 (|||%d", b"229 (||%d|)",
                          b"229 (||||%d|)", b"229 (|||%d!)", b"229 (|!|%d|)", b"229 ((|||%d|)", b"229 (|||%dx|)", b"229 (|||-%d|)", b"229 (||| %d|)", b"229 (|||0%d|)",
                          b"229 (|1||%d|)", b"229 (|1|10.0.2.2|%d|)", b"229 (|2|fd00:2::2|%d|)", b"229-(|||%d|)", b"229", b"229 ", b"229 (", b"229 no more", b"2290 (|||%d|)", b"229(|||%d|)")):
    text = line % (51000 + n) if b"%d" in line else line
    t.s("PA", text + b"\r\n")
    t.c("A")
    for port in (51000 + n, 65535):
        tcp(A, 41000 + n, B, port)
