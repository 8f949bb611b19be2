send(ip(A, B, **({"proto": 50} if FAMILY == "ipv4" else {"nh": 50})) / ESP(spi=1, seq=1, data=b"secret"))
send(ip(B, A, **({"proto": 50} if FAMILY == "ipv4" else {"nh": 50})) / ESP(spi=2, seq=1, data=b"secret"))
send(ip(A, B, **({"proto": 50} if FAMILY == "ipv4" else {"nh": 50})) / ESP(spi=3, seq=1, data=b"secret"))
