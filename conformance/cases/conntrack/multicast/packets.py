send(Ether(src="02:00:00:00:01:fe", dst="01:00:5e:00:00:01") / ip(A, "224.0.0.1") / UDP(sport=1000, dport=53) / b"x", dev="eth0")
udp(R0, 53, A, 1000, dev="eth0")
