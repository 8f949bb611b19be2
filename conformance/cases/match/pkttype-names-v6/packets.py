where = ("ff:ff:ff:ff:ff:ff", "02:00:00:00:01:01", "02:00:00:00:01:77", ("01:00:5e:00:00:01", "33:33:00:00:00:01")[FAMILY == "ipv6"])
for mac in where:
    send(Ether(src="02:00:00:00:01:fe", dst=mac) / ip(A, R0) / UDP(sport=1, dport=9) / b"x", dev="eth0")
send(Ether(src="02:00:00:00:01:fe", dst=where[3]) / ip(A, ("224.0.0.1", "ff02::1")[FAMILY == "ipv6"]) / UDP(sport=1, dport=9) / b"x", dev="eth0")
