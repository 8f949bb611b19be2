def say(s, sport, d, dport, tos=0):
    send(ip(s, d, tos=tos) / UDP(sport=sport, dport=dport) / Raw(b"abc"))
say(A, 1000, B, 53)
say(B, 53, A, 1000, tos=16)    # no answer: another connection, with the same flow
say(B, 53, A, 1000)
say(A, 1000, B, 53)
for port in range(1001, 1009):
    say(B, port, A, 1000, tos=16)
    say(A, 1000, B, port)      # the answer's zone is another: a connection of its own
    say(B, port, A, 1000)
