send(ip(A, B) / IPv6ExtHdrHopByHop(options=[Jumbo(jumboplen=100)]) / UDP(sport=1, dport=9) / b"x")
