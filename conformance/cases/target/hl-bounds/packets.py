for port in range(1, 9):
    for ttl in (0, 1, 2, 3, 254, 255):
        udp(A, 1000, B, port, ttl=ttl)
