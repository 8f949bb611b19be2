for raw in (b"\x01\x01\x01\x00", b"\x44\x08\x09\x00\0\0\0\0", b"\x94\x04\0\0", b"\x9e\x04\0\0", b"\x07\x00\x04\x00", b"\x07\x28\x04\x00", b"\x07\x03\x04\x00"):
    packet = bytearray(bytes(IP(src=A, dst=B, id=1, proto=17, ihl=5 + len(raw) // 4, len=20 + len(raw) + 9)) + raw + bytes(UDP(sport=1, dport=9, len=9, chksum=0)) + b"x")
    packet[10:12] = b"\0\0"
    packet[10:12] = checksum(bytes(packet[:20 + len(raw)])).to_bytes(2, "big")
    send(Ether(src="02:00:00:00:01:fe", dst="02:00:00:00:01:01", type=0x800) / Raw(bytes(packet)), dev="eth0")
