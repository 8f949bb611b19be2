for port in (8, 9):
    udp("192.0.2.7", 1, B, port, dev="eth0")
    udp("192.0.2.7", 1, B, port, ttl=1, dev="eth0")
