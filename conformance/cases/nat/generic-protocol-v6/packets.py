send(ip(A, B, **({"proto": 253} if FAMILY == "ipv4" else {"nh": 253})) / Raw(b"one"))
send(ip(A2, B, **({"proto": 253} if FAMILY == "ipv4" else {"nh": 253})) / Raw(b"two"))
send(ip(B, R1, **({"proto": 253} if FAMILY == "ipv4" else {"nh": 253})) / Raw(b"reply"))
