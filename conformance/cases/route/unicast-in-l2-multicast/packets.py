group = ("01:00:5e:00:00:01", "33:33:00:00:00:01")[FAMILY == "ipv6"]
for mac in ("ff:ff:ff:ff:ff:ff", group):
    for dst in (R0, B, ("224.0.0.1", "ff02::1")[FAMILY == "ipv6"]):
        send(Ether(src="02:00:00:00:01:fe", dst=mac) / ip(A, dst) / UDP(sport=1, dport=9) / b"x", dev="eth0")
        send(Ether(src="02:00:00:00:02:fe", dst=mac) / ip(B, R1 if dst == R0 else A if dst == B else dst) / UDP(sport=1, dport=9) / b"x", dev="eth1")
