for sport in (0, 3, 4):
    for port in (50, 55, 61):
        udp(A, sport, B, port)
        udp(A2, sport, B2, port)
