routing = b"\x11\x00\x02\x00" + bytes(4)
options = b"\x11\x00\x01\x04" + bytes(4)
for kind, header, sizes in ((43, routing, (0, 1, 2, 3, 8)), (60, options, (0, 1, 8)), (51, routing, (0, 1))):
    for size in sizes:
        send(ip(A, B, nh=kind) / Raw(header[:size]))
send(ip(A, B, nh=43) / Raw(routing) / Raw(b"\0\1\0\2\0\x09\0\0x"))
