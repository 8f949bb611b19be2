q = udp(A, 1000, B, 53, b"question")
body = (b"\x03\x01\x12\x34" if FAMILY == "ipv4" else b"\x01\x01\x12\x34") + bytes(4) + q[0].raw
send(ip(B, q[0].src, **({"proto": 1} if FAMILY == "ipv4" else {"nh": 58})) / Raw(body))
