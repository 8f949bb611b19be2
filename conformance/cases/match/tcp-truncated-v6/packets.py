send(ip(A, B, **({"proto": 6} if FAMILY == "ipv4" else {"nh": 6})) / Raw(bytes(TCP(sport=1, dport=80))[:16]))
send(ip(A, B, **({"proto": 6} if FAMILY == "ipv4" else {"nh": 6})) / Raw(bytes(TCP(sport=1, dport=80))[:20]))
