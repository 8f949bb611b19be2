udp(A, 1, R0, 9)
send(Ether(src="02:00:00:00:01:fe", dst="ff:ff:ff:ff:ff:ff") / ip(A, "10.0.1.255") / UDP(sport=1, dport=9) / b"x", dev="eth0")
send(Ether(src="02:00:00:00:01:fe", dst="01:00:5e:00:00:01") / ip(A, "224.0.0.1") / UDP(sport=1, dport=9) / b"x", dev="eth0")
send(Ether(src="02:00:00:00:01:fe", dst="ff:ff:ff:ff:ff:ff") / ip(A, R0) / UDP(sport=1, dport=9) / b"x", dev="eth0")
