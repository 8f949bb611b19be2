room = (20, 40)[FAMILY == "ipv6"]
send(ip(A, B, **({"nh": 59} if room == 40 else {"proto": 253})))
udp(A, 1, B, 9, b"")
udp(A, 1, B, 9, b"x" * (48 - room - 8))
udp(A, 1, B, 9, b"x" * (49 - room - 8))
udp(A, 1, B, 9, b"x" * (1499 - room - 8))
udp(A, 1, B, 9, b"x" * (1500 - room - 8))
