for port in (0, 1, 65534, 65535):
    q = udp(A, port, B, 9)
    answer(q)
key = ("proto", "nh")[FAMILY == "ipv6"]
send(ip(A, B, **{key: 255}) / bytes(40))
tcp(A, 1, B, 9, "SF")
