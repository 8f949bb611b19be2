for port in (1, 2):
    q = udp(A, 1000, B, port)
    answer(q)
    udp(A, 1000, B, port)
