key = ("proto", "nh")[FAMILY == "ipv6"]
for flags in (0x0000, 0x8000, 0x2000, 0x1000, 0xb000, 0x0001, 0x2001, 0x3001, 0x3081, 0x0002, 0x0007):
    for protocol in (0x0800, 0x880b):
        send(ip(A, B, **{key: 47}) / (flags.to_bytes(2, "big") + protocol.to_bytes(2, "big") + b"\0\4" + (flags >> 8 | protocol & 0xff00).to_bytes(2, "big") + bytes(12)))
for cut in range(0, 13):
    send(ip(A2, B, **{key: 47}) / (b"\x30\1\x88\x0b\0\4\x12" + bytes([cut]) + bytes(8))[:cut])
