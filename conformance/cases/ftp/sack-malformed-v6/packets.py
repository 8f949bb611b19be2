t = Tcp(A, 40000, B, 21)
t.open()
t.s("PA", b"220 ready\r\n")
t.c("PA", b"USER joe\r\n")
t.s("PA", b"331 password\r\n")
t.c("PA", b"EPRT |2|fd00:1::2|51210|\r\n")
t.s("PA", b"200 ok\r\n")
def sack(raw):
    header = bytearray(bytes(TCP(sport=21, dport=t.server.peer_port, seq=t.server.next, ack=t.server.ack, flags="A")))
    raw += b"\1" * (-len(raw) % 4)
    header[12] = (20 + len(raw)) // 4 << 4
    body = bytearray(bytes(header) + raw)
    whole = bytes(ip(B, t.server.peer, nh=6) / bytes(body))
    body[16:18] = b"\0\0"
    body[16:18] = checksum(whole[8:40] + len(body).to_bytes(4, "big") + bytes([0, 0, 0, 6]) + bytes(body)).to_bytes(2, "big")
    send(whole[:40] + bytes(body), dev="eth1")
end = t.server.ack
def block(first, last):
    return (end + first & 0xffffffff).to_bytes(4, "big") + (end + last & 0xffffffff).to_bytes(4, "big")
for raw in (b"\5\x0a" + block(-4, 0), b"\1\1\5\x0a" + block(-30, -20), b"\5\x22" + block(-4, 0) * 4, b"\5\2", b"\5\1", b"\5\0", b"\5\x09" + block(-4, 0)[:7],
            b"\5\xff" + block(-4, 0), b"\5\x12" + block(-4, 0), b"\1\1\1\5", b"\1\1\5\x0a"):
    sack(raw)
t.c("PA", b"NOOP\r\n")
