for kind, code in ((128, 0), (129, 0), (1, 0), (1, 4), (2, 0), (3, 0), (4, 1), (200, 0)):
    packet = ip(A, B, nh=58)
    body = bytes([kind, code, 0, 0]) + b"12345678"
    send(packet / Raw(body[:2] + in6_chksum(58, packet, body).to_bytes(2, "big") + body[4:]))
