send(ip(A, B, options=[IPOption_LSRR(routers=["10.0.2.3"])]) / UDP(sport=1, dport=9) / b"x")
send(ip(A, R0, options=[IPOption_SSRR(routers=[B])]) / UDP(sport=1, dport=9) / b"x")
send(ip(A, R0, options=[IPOption_LSRR(routers=[B])]) / UDP(sport=1, dport=9) / b"x")
