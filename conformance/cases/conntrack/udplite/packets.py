def lite(src, dst, sport, dport, coverage, data, right=True, protocol=136):
    head = ip(src, dst, **({"proto": 136} if FAMILY == "ipv4" else {"nh": 136}))
    body = sport.to_bytes(2, "big") + dport.to_bytes(2, "big") + coverage.to_bytes(2, "big") + b"\0\0" + data
    covered = body[:coverage or len(body)]
    if FAMILY == "ipv4":
        pseudo = b"".join(bytes(map(int, a.split("."))) for a in (src, dst)) + bytes([0, protocol]) + len(body).to_bytes(2, "big")
        total = checksum(pseudo + covered)
    else:
        import socket
        pseudo = socket.inet_pton(socket.AF_INET6, src) + socket.inet_pton(socket.AF_INET6, dst) + len(body).to_bytes(4, "big") + bytes([0, 0, 0, protocol])
        total = checksum(pseudo + covered)
    total ^= 0 if right else 0x1111
    return send(head / Raw(body[:6] + total.to_bytes(2, "big") + body[8:]))
lite(A, B, 1000, 53, 8, b"data")
lite(B, A, 53, 1000, 0, b"data")
lite(A, B, 1001, 53, 8, b"data", right=False)
lite(A, B, 1002, 53, 7, b"data")
lite(A, B, 1003, 53, 99, b"data")
lite(A, B, 1004, 53, 8, b"data", protocol=17)
lite(B, A, 53, 1004, 0, b"data", protocol=17)
lite(A, B, 1005, 53, 7, b"data", protocol=17)
lite(A, B, 1006, 53, 99, b"data", protocol=17)
lite(A, B, 1007, 53, 10, b"data", protocol=17)
