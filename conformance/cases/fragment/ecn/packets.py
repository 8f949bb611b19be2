whole = bytes(ip(A, B) / UDP(sport=1000, dport=53) / (b"c" * 1000))[20:]
for first in range(4):
    for last in range(4):
        for at, end, tos in ((0, 400, first), (400, 1008, last)):
            send(ip(A, B, id=16 + first * 4 + last, proto=17, tos=tos, frag=at // 8, flags="MF" if end < 1008 else 0) / Raw(whole[at:end]))
