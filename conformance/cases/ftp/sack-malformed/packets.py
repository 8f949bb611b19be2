t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
t.c("PA", b"PORT 10,0,1,2,200,10\r\n")
t.s("PA", b"200 ok\r\n")
def sack(raw):
    seen = t.server
    header = bytearray(bytes(TCP(sport=21, dport=t.server.peer_port, seq=t.server.next, ack=t.server.ack, flags="A")))
    raw += b"\1" * (-len(raw) % 4)
    header[12] = (20 + len(raw)) // 4 << 4
    body = bytearray(bytes(header) + raw)
    packet = ip(B, t.server.peer, proto=6)
    whole = bytes(packet / bytes(body))
    body[16:18] = b"\0\0"
    body[16:18] = checksum(whole[12:20] + bytes([0, 6]) + len(body).to_bytes(2, "big") + bytes(body)).to_bytes(2, "big")
    send(whole[:20] + bytes(body), dev="eth1")
end = t.server.ack
def block(first, last):
    return (end + first & 0xffffffff).to_bytes(4, "big") + (end + last & 0xffffffff).to_bytes(4, "big")
for raw in (b"\5\x0a" + block(-4, 0), b"\1\1\5\x0a" + block(-30, -20), b"\5\x12" + block(-4, 0) + block(-40, -30), b"\5\x22" + block(-4, 0) * 4,
            b"\5\2", b"\5\1", b"\5\0", b"\5\3\0", b"\5\6" + block(0, 0)[:4], b"\5\x09" + block(-4, 0)[:7], b"\5\x0b" + block(-4, 0) + b"\0",
            b"\5\xff" + block(-4, 0), b"\5\x12" + block(-4, 0), b"\1\1\1\5", b"\1\1\5\x0a", b"\0\5\x0a" + block(-4, 0), b"\x08\x0a" + bytes(8) + b"\5\x0a" + block(0, -4)):
    sack(raw)
t.c("PA", b"NOOP\r\n")
