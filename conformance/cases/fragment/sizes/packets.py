data = b"s" * 1200
whole = ip(A, B, id=5) / UDP(sport=1000, dport=53) / data
raw = bytes(whole)[20:]
at = 0
for size in (400, 104, 600, 104):
    send(ip(A, B, id=5, proto=17, frag=at // 8, flags="MF" if at + size < len(raw) else 0) / Raw(raw[at:at + size]))
    at += size
