body = ICMP(id=7, chksum=0x1234) if FAMILY == "ipv4" else ICMPv6EchoRequest(id=7, cksum=0x1234)
send(ip(A, B) / body)
