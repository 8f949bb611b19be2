for port in (1, 2, 3):
    q = udp(A, 1, B, port)
    answer(q)
