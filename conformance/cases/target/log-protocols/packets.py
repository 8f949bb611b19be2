key = ("proto", "nh")[FAMILY == "ipv6"]
quoted = bytes(ip(B, A) / UDP(sport=1, dport=9) / b"x")
for protocol in (17, 136, 50, 132, 33, 47, 4, 41, 89, 103, 255):
    send(ip(A, B, **{key: protocol}) / bytes(range(1, 41)))
send(ip(A, B, **{key: 51}) / (bytes([17, 4]) + bytes(range(3, 25)) + bytes(UDP(sport=1, dport=9))))
icmp = ((0, 0), (3, 0), (3, 4), (4, 0), (5, 1), (8, 0), (9, 0), (11, 1), (12, 0), (13, 0), (17, 0), (200, 3)) if FAMILY == "ipv4" else ((1, 3), (2, 0), (3, 1), (4, 2), (128, 0), (129, 0), (133, 0), (135, 0), (137, 0), (200, 3))
for kind, code in icmp:
    send(ip(A, B, **{key: 1 if FAMILY == "ipv4" else 58}) / (bytes([kind, code, 0, 0, 1, 2, 3, 4]) + quoted))
