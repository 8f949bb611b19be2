far = ("192.0.2.1", "2001:db8::1")[FAMILY == "ipv6"]
for port, dev in ((1, "eth0"), (2, "eth2")):
    q = udp(far, port, B, 9, dev=dev)
    answer(q)                                # back to where it came from
    q = udp(far, port, R1, 9, dev=dev)
    answer(q)
udp(B, 9, far, 3)                            # of no connection: the first route
