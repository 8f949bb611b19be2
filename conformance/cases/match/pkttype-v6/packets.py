udp(A, 1, R0, 9)
send(Ether(src="02:00:00:00:01:fe", dst="33:33:00:00:00:01") / ip(A, "ff02::1") / UDP(sport=1, dport=9) / b"x", dev="eth0")
