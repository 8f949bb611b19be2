def expired(opts, size=32):
    send(ip(A, B, ttl=1, options=[IPOption(opts)]) / UDP(sport=1000, dport=53) / (b"o" * size))
sleep(2)
for opts in (b"\x07\x07\x04" + bytes(5), b"\x07\x07\x08" + b"\1" * 4 + b"\0", b"\x07\x0b\x08" + b"\1" * 4 + bytes(5),
             b"\1" * 8, b"\x94\x04\0\0", b"\x44\x08\x09\0" + bytes(4)):
    expired(opts)
    sleep(2)
expired(b"\x07\x07\x04" + bytes(5), 1400)
for tos in (1, 3, 0xe0, 0xff):
    sleep(2)
    send(ip(A, B, ttl=1, tos=tos) / UDP(sport=1000, dport=53) / b"t")
for kind in (0, 3, 4, 5, 8, 11, 12, 13, 18, 19, 42, 255):
    sleep(2)
    send(ip(A, B, ttl=1, proto=1) / Raw(bytes([kind]) + bytes(15)))
