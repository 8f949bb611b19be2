for destination in ("224.0.0.1", "224.0.0.251", "239.1.2.3"):
    send(Ether(src="02:00:00:00:01:fe", dst="01:00:5e:00:00:01") / ip(A, destination) / UDP(sport=1, dport=9) / b"x", dev="eth0")
