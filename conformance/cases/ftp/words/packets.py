t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
addresses = {b"PORT": b"10,0,1,2,200,%d", b"EPRT": b"|1|10.0.1.2|%d|"}
n = 0
for word in (b"PORT", b"port", b"Port", b"PORTX", b"POR", b"EPRT", b"eprt", b"EpRt", b"EPRTS", b"\tPORT", b"PORT\t", b"PORT\r\nPORT"):
    n += 1
    form = addresses[b"EPRT" if b"E" in word.upper() else b"PORT"]
    t.c("PA", word + b" " + form % ((100 if form[:1] == b"1" else 51300) + n) + b"\r\n")
    t.s("PA", b"200 ok\r\n")
    tcp(B, 20, A, 51200 + 100 + n)
t.s("PA", b"PORT 10,0,1,2,200,180\r\n")
t.s("PA", b"EPRT |1|10.0.1.2|51381|\r\n")
t.c("PA", b"227 (10,0,1,2,200,182)\r\n")
t.c("PA", b"229 (|||51383|)\r\n")
for port in (180, 181, 182, 183):
    tcp(B, 20, A, 51200 + port)
    tcp(A, 20, B, 51200 + port)
