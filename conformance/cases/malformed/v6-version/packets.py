send(Ether(src="02:00:00:00:01:fe", dst="02:00:00:00:01:01", type=0x86dd) / Raw(b"\x50" + bytes(ip(A, B) / UDP(sport=1, dport=9) / b"x")[1:]), dev="eth0")
