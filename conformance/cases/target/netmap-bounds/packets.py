for port in (1, 2, 3, 4):
    for n in (2, 3, 15, 16, 30):
        q = udp(A, 1000 + n, ("10.0.2.%d", "fd00:2::%x")[FAMILY == "ipv6"] % n, port)
        q and answer(q)
