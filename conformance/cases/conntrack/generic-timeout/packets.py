send(ip(A, B, **({"proto": 253} if FAMILY == "ipv4" else {"nh": 253})) / Raw(b"x"))
send(ip(B, A, **({"proto": 253} if FAMILY == "ipv4" else {"nh": 253})) / Raw(b"x"))
