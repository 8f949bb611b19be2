for pause in (0.6, 0.8, 0.6, 0.8, 0):
    for port in range(1, 7):
        udp(A, 1, B, port)
    sleep(pause)
