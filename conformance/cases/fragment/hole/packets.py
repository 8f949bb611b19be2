data = bytes(range(256)) * 8
whole = ip(A, B, id=77) / UDP(sport=1000, dport=53) / data[:40]
pieces = fragment(whole, fragsize=16)
send(pieces[0])
send(pieces[2])
sleep(2.4)
send(pieces[1])
