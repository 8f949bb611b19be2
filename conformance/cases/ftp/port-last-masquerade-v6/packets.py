for n, (host, port) in enumerate(((A, 65535), (A2, 65535), (A, 65534), (A2, 65534))):
    t = Tcp(host, 40000 + n, B, 21)
    t.open()
    t.s("PA", b"220 ready\r\n")
    t.c("PA", b"USER joe\r\n")
    t.s("PA", b"331 password\r\n")
    if FAMILY == "ipv4":
        t.c("PA", b"PORT %s,255,%d\r\n" % (host.replace(".", ",").encode(), port & 255))
    else:
        t.c("PA", b"EPRT |2|%s|%d|\r\n" % (host.encode(), port))
for port in (65535, 65534):
    tcp(B, 20, R1, port)
