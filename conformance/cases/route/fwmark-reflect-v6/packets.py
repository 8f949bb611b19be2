for port in (8, 9):
    udp("fd00:9::7", 1, B, port, dev="eth0")
    udp("fd00:9::7", 1, B, port, ttl=1, dev="eth0")
