pieces = fragment(ip(A, B, id=77) / UDP(sport=1000, dport=53) / (b"f" * 40), fragsize=24)
send(pieces[0])
for n in range(4):
    send(fragment(ip(A, B, id=100 + n) / UDP(sport=1001, dport=53) / (b"g" * 40), fragsize=24)[0])
send(pieces[1])
send(pieces[0])
