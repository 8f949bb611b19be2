q = ping(A, B, ident=7)
p = ping(A2, B2, ident=9)
def reply(src, ident):
    if FAMILY == "ipv6":
        send(ip(src, R1) / ICMPv6EchoReply(id=ident, seq=1, data=b"ping"))
    else:
        send(ip(src, R1) / ICMP(type=0, id=ident, seq=1) / b"ping")
reply(B, 7)
reply(B2, 7)
reply(B, 9)
reply(B2, 9)
reply(B, 8)
