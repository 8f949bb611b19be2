def icmp(kind, code):
    body = bytes([kind, code, 0, 0, 0, 0, 0, 0]) + b"quoted"
    send(ip(A, B, proto=1) / (body[:2] + checksum(body).to_bytes(2, "big") + body[4:]))
for kind, codes in ((0, 2), (3, 17), (4, 1), (5, 5), (8, 2), (9, 1), (10, 1), (11, 3), (12, 3), (13, 1), (14, 1), (17, 1), (18, 1)):
    for code in range(codes):
        icmp(kind, code)
icmp(254, 255)
icmp(255, 0)
send(ip(A, B, proto=1) / b"\x08")
send(ip(A, B, proto=1))
