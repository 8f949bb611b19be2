for kind in (128, 139, 129, 140, 130, 131, 132, 133, 134, 135, 136, 137, 143, 144, 200, 255):
    packet = ip(A, B, nh=58, ttl=255)
    body = bytes([kind, 0, 0, 0]) + bytes(20)
    send(packet / Raw(body[:2] + in6_chksum(58, packet, body).to_bytes(2, "big") + body[4:]))
