def syn(options):
    header = bytearray(bytes(TCP(sport=1, dport=9, seq=1, flags="S")))
    header[12] = (20 + len(options)) // 4 << 4
    send(ip(A, B, **{("proto", "nh")[FAMILY == "ipv6"]: 6}) / (bytes(header) + options))
for options in (b"", b"\1\1\1\1", b"\2\4\5\xb4", b"\xff\4\0\0", b"\1\1\xff\2", b"\1\1\1\xff", b"\1\1\1\2",
                b"\0\2\4\0\3\3\7\0", b"\3\0\2\4", b"\3\1\2\4", b"\3\6\2\4", b"\2\xff\1\1", b"\1" * 40, b"\1" * 36 + b"\2\4\5\xb4"):
    syn(options)
