whole = bytes(ip(A, B) / UDP(sport=1000, dport=53) / (b"h" * 1000))[20:]
RR, RA, NOP = b"\x07\x07\x04" + bytes(5), b"\x94\x04\x00\x00", b"\1" * 8
for ident, first, last in ((1, RR, b""), (2, RA + RR, RA), (3, b"", RA), (4, NOP, NOP)):
    for at, end, opts in ((0, 400, first), (400, 1008, last)):
        send(ip(A, B, id=ident, proto=17, frag=at // 8, flags="MF" if end < 1008 else 0, options=[IPOption(opts)] if opts else []) / Raw(whole[at:end]))
