for host in (A, B):
    q = udp(host, 1, R0, 53)
    if q:
        answer(q)
    udp(host, 1, "127.0.0.1", 9)
udp("127.0.0.5", 1, R0, 9, dev="eth0")
udp("127.0.0.5", 1, R0, 9, dev="eth1")
