for ttl in (0, 1, 63, 64, 65, 254, 255):
    udp(A, 1, B, 9, ttl=ttl)
