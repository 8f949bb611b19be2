whole = bytes(ip(A, B) / UDP(sport=1000, dport=53) / (b"d" * 1000))[20:]
for ident, others in ((1, 63), (2, 64)):
    send(ip(A, B, id=ident, proto=17, flags="MF") / Raw(whole[:400]))
    for k in range(others):
        send(ip(A, B, id=ident * 1000 + k, proto=17, flags="MF") / Raw(whole[:400]))
    send(ip(A, B, id=ident, proto=17, frag=50) / Raw(whole[400:]))
