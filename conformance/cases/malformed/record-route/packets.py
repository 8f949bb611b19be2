send(ip(A, B, options=[IPOption_RR(length=11, pointer=4, routers=["0.0.0.0", "0.0.0.0"])]) / UDP(sport=1, dport=9) / b"x")
send(ip(A, B, options=[IPOption_RR(length=7, pointer=8, routers=["1.2.3.4"])]) / UDP(sport=1, dport=9) / b"x")
