for ihl in (0, 4, 15):
    send(ip(A, B, ihl=ihl) / UDP(sport=1, dport=9) / b"x")
udp(A, 1, B, 9)
