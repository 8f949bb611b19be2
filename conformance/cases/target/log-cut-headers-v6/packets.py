key = ("proto", "nh")[FAMILY == "ipv6"]
for protocol, lengths in ((6, (0, 1, 13, 19, 20)), (17, (0, 7, 8)), (136, (0, 7, 8)), (1 if FAMILY == "ipv4" else 58, (0, 1, 3, 4, 7, 8, 20)), (51, (0, 3, 11, 12)), (50, (0, 7, 8)), (132, (0, 3, 11, 12)), (33, (0, 11, 12))):
    for length in lengths:
        send(ip(A, B, **{key: protocol}) / (bytes([8 if protocol == 1 else 128, 0]) + bytes(range(2, 12)) + b"\x50" + bytes(7))[:length])
