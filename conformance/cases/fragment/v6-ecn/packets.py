whole = bytes(ip(A, B) / UDP(sport=1000, dport=53) / (b"c" * 1000))[40:]
for first in range(4):
    for last in range(4):
        for at, end, tc in ((0, 400, first), (400, 1008, last)):
            send(ip(A, B, tos=tc) / IPv6ExtHdrFragment(nh=17, id=first * 4 + last, offset=at // 8, m=end < 1008) / Raw(whole[at:end]))
