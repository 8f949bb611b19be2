send(Ether(src="02:00:00:00:01:fe", dst="02:00:00:00:09:09") / ip(A, B) / UDP(sport=1, dport=9) / b"x", dev="eth0")
send(Ether(src="02:00:00:00:01:fe", dst="ff:ff:ff:ff:ff:ff") / ip(A, B) / UDP(sport=1, dport=9) / b"x", dev="eth0")
send(Ether(src="02:00:00:00:01:fe", dst="ff:ff:ff:ff:ff:ff") / ip(A, R0) / UDP(sport=1, dport=9) / b"x", dev="eth0")
