t = Tcp(A, 1000, B, 80)
t.open()
whole = ip(A, B) / TCP(sport=1000, dport=80, flags="PA", seq=1001, ack=5001) / (b"t" * 100)
for piece in fragment(whole, fragsize=40):
    send(piece)
t.s("A", ack=1101)
