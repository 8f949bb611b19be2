for ttl in (64, 63, 65, 5, 4, 255):
    udp(A, 1, B, 9, ttl=ttl)
