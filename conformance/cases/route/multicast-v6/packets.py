for destination in ("ff02::1", "ff02::2", "ff05::2", "ff02::1:ff00:1", "ff02::fb", "ff0e::1234"):
    send(Ether(src="02:00:00:00:01:fe", dst="33:33:00:00:00:01") / ip(A, destination) / UDP(sport=1, dport=9) / b"x", dev="eth0")
