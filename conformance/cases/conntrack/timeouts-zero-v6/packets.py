key = ("proto", "nh")[FAMILY == "ipv6"]
for _ in range(2):
    q = udp(A, 1, B, 9)
    answer(q)
    q = ping(A, B)
    answer(q)
    send(ip(A, B, **{key: 253}) / b"something else")
    t = Tcp(A, 1000, B, 80)
    t.open()
    sleep(0.1)
