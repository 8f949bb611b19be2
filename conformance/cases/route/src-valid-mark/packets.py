for port in (8, 9):
    udp("192.0.2.7", 1, A, port, dev="eth1")
    udp("192.0.2.7", 1, B, port, dev="eth0")
