for sport in (1, 2, 15):
    for port in (49, 50, 55, 60, 61, 80, 81):
        udp(A, sport, B, port)
