for port in range(1, 5):
    q = udp(A, 1000, B, port)
    answer(q)
    udp(A, 1000, B, port)
