for kind in (0x1e, 0x5e, 0x9e, 0xde):
    send(ip(A, B) / IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=kind, optdata=b"1234")]) / UDP(sport=1, dport=9) / b"x")
