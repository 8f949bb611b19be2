for port in (300, 700, 5000):
    udp(A, port, B, 53)
    for host in (A2, A):
        answer(udp(host, port, B, 53))
        udp(host, port, B, 53)
