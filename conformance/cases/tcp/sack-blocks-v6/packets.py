t = Tcp(A, 40000, B, 80)
t.c("S", options=[("SAckOK", b"")])
t.s("SA", options=[("SAckOK", b"")])
t.c("A")
for _ in range(4):
    t.c("PA", b"x" * 100)
base = 1001
def block(first, last):
    return (base + first).to_bytes(4, "big") + (base + last).to_bytes(4, "big")
def option(data, length=None, lead=b"\1\1"):
    raw = lead + bytes([5, len(data) + 2 if length is None else length]) + data
    return raw + b"\1" * (-len(raw) % 4)
for raw in (option(block(100, 200)), option(block(100, 200) + block(300, 400)), option(block(0, 100) * 4), option(block(300, 500)), option(block(200, 100)),
            option(block(100, 200), 9), option(block(100, 200), 11), option(block(100, 200), 2), option(block(100, 200), 1), option(block(100, 200), 0), option(block(100, 200), 255),
            option(b""), option(block(100, 200)[:4]), b"\1\1\1\5", b"\1\1\5\x0a", option(block(390, 400), lead=b"\1\1\x08\x0a" + bytes(8))):
    header = bytearray(bytes(TCP(sport=80, dport=40000, seq=5001, ack=1001, flags="A")))
    header[12] = (20 + len(raw)) // 4 << 4
    packet = ip(B, A, **{("proto", "nh")[FAMILY == "ipv6"]: 6})
    whole = bytes(packet / (bytes(header) + raw))
    at = (20, 40)[FAMILY == "ipv6"]
    body = bytearray(whole[at:])
    body[16:18] = b"\0\0"
    pseudo = whole[12:20] + bytes([0, 6]) + len(body).to_bytes(2, "big") if at == 20 else whole[8:40] + len(body).to_bytes(4, "big") + bytes([0, 0, 0, 6])
    body[16:18] = checksum(pseudo + bytes(body)).to_bytes(2, "big")
    send(whole[:at] + bytes(body), dev="eth1")
t.c("PA", b"more")
