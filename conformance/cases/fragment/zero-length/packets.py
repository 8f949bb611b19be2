send(ip(A, B, id=9, flags="MF", proto=17))
send(ip(A, B, id=9, frag=1, proto=17))
udp(A, 1000, B, 53)
