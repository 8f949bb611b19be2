head = 28 if FAMILY == "ipv4" else 48
df = {"flags": "DF"} if FAMILY == "ipv4" else {}
udp(A, 1, B, 9, b"m" * (1300 - head), **df)
udp(A, 1, B, 9, b"m" * (1301 - head), **df)
