stray = ICMP(type=0, id=7) if FAMILY == "ipv4" else ICMPv6EchoReply(id=7)
send(ip(A, B) / stray)
