whole = bytes(ip(A, B) / TCP(sport=1000, dport=80, flags="S", seq=1, options=[("MSS", 1460)]) / (b"l" * 976))[20:]
for ident, df in ((1, (0, 0, 0)), (2, (1, 1, 1)), (3, (1, 0, 0)), (4, (0, 1, 0))):
    for (at, end), flag in zip(((0, 200), (200, 800), (800, 1000)), df):
        send(ip(A, B, id=ident, proto=6, frag=at // 8, flags=("DF+" if flag else "") + "MF" if end < 1000 else "DF" if flag else 0) / Raw(whole[at:end]))
