send(Ether(src="02:00:00:00:01:fe", dst="02:00:00:00:01:01", type=0x88b6) / Raw(b"x" * 50), dev="eth0")
send(Ether(src="02:00:00:00:01:fe", dst="02:00:00:00:01:01", type=0x86dd) / Raw(bytes(ip(A, B) / UDP(sport=1, dport=9))), dev="eth0")
