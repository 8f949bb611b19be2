for port in range(1, 9):
    sleep(1.1)
    udp(A, 1000, B, port)
tcp(A, 1000, B, 99)
