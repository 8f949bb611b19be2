q = udp(A, 1000, B, 53, b"question")
first = bytearray(q[0].raw)
first[6] |= 0x20
first[10:12] = b"\0\0"
first[10:12] = checksum(bytes(first[:20])).to_bytes(2, "big")
send(ip(B, q[0].src) / ICMP(type=11, code=1) / Raw(bytes(first)))
later = bytearray(first)
later[7] = 5
later[10:12] = b"\0\0"
later[10:12] = checksum(bytes(later[:20])).to_bytes(2, "big")
send(ip(B, q[0].src) / ICMP(type=11, code=1) / Raw(bytes(later)))
