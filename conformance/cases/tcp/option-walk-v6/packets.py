for n, options in enumerate((b"\x02\x00\x05\xb4", b"\x03\x01\x00\x00", b"\x02\x28\x05\xb4", b"\x01\x01\x01\x03", b"\x00\x00\x00\x00", b"\x03\x03\x07\x04")):
    head = bytearray(bytes(TCP(sport=1000 + n, dport=80, flags="S", seq=1, dataofs=6)) + options)
    packet = ip(A, B, **({"proto": 6} if FAMILY == "ipv4" else {"nh": 6}))
    if FAMILY == "ipv4":
        total = checksum(bytes(map(int, (A + "." + B).split("."))) + b"\0\x06\0\x18" + bytes(head))
    else:
        total = in6_chksum(6, packet, bytes(head))
    head[16:18] = total.to_bytes(2, "big")
    send(packet / Raw(bytes(head)))
