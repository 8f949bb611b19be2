key = ("proto", "nh")[FAMILY == "ipv6"]
def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return (crc ^ 0xffffffff).to_bytes(4, "little")
def raw(port, chunks, tag=0, cut=None, src=A, dst=B):
    header = (port if src == A else 2000).to_bytes(2, "big") + (2000 if src == A else port).to_bytes(2, "big") + tag.to_bytes(4, "big")
    body = header + crc32c(header + bytes(4) + chunks) + chunks
    return send(ip(src, dst, **{key: 132}) / body[:cut])
init = b"\1\0\0\x14" + bytes.fromhex("000000110000100000010001000000" + "01")
raw(1, b"")                                          # no chunk
for n, length in enumerate((0, 1, 2, 3, 4, 19, 21, 24, 0xffff)):
    raw(10 + n, b"\1\0" + length.to_bytes(2, "big") + init[4:])
raw(30, init)
raw(31, init + b"\0\0\0\0")                         # a DATA chunk of length 0 behind INIT
raw(32, init + b"\x0a\0\0")                          # the end within a chunk's header
raw(33, b"\x0a\0\0\4" + init)                       # INIT that is not the first
raw(34, b"\x0a\0\0\5\0\0\0\0", tag=1)              # COOKIE ECHO with padding first
for cut in (0, 1, 4, 8, 11, 12, 13, 15, 16, 19, 20, 31):
    raw(40 + cut, init, cut=cut)
raw(60, init)
raw(60, b"\2\0\0\x14" + init[4:], tag=0x11, src=B, dst=A)
raw(60, b"\x0a\0\0\0", tag=0x11)                    # length 0 in a connection that lives
raw(60, b"\x0a\0\0\4", tag=0x12)                    # another tag
raw(60, b"\0\3\0\x10" + bytes(12) + b"\0\3\0\0", tag=0x11)
raw(60, b"\xff\0\0\4", tag=0x11)                    # a chunk nobody knows
raw(60, b"\6\1\0\4", tag=0x11, src=B, dst=A)         # ABORT that reflects the tag
