data = b"ab" * 20
one = fragment(ip(A, B, id=1) / UDP(sport=1000, dport=53) / data, fragsize=24)
two = fragment(ip(A2, B, id=1) / UDP(sport=1001, dport=53) / data, fragsize=24)
send(one[0])
send(two[1])
send(two[0])
send(one[1])
