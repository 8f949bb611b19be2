send(ip(A, B, options=[IPOption_RR(length=7, pointer=4, routers=["0.0.0.0"])]) / UDP(sport=1, dport=2) / b"x")
send(ip(A, B, flags="DF", tos=0xff) / UDP(sport=1, dport=2) / b"x")
for piece in fragment(ip(A, B) / UDP(sport=3, dport=4) / (b"f" * 40), fragsize=24):
    send(piece)
send(ip(A, B) / ICMP(type=3, code=4, nexthopmtu=1400) / Raw(bytes(ip(B, A) / UDP(sport=1, dport=9) / b"inner")))
send(ip(A, B) / ICMP(type=5, code=1, gw="10.0.1.9") / Raw(bytes(ip(B, A) / TCP(sport=1, dport=9))))
send(ip(A, B) / ICMP(type=12, code=0, ptr=20) / Raw(bytes(ip(B, A) / ICMP())))
