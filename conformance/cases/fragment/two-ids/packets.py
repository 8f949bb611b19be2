data = b"ab" * 20
one = fragment(ip(A, B, id=1) / UDP(sport=1000, dport=53) / data, fragsize=24)
two = fragment(ip(A, B, id=2) / UDP(sport=1001, dport=53) / data, fragsize=24)
for pair in zip(one, two):
    for piece in pair:
        send(piece)
