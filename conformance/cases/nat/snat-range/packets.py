for host in (A, A2):
    q = udp(host, 1000, B, 53)
    answer(q)
