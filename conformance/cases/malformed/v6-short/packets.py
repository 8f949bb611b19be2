whole = bytes(ip(A, B) / UDP(sport=1, dport=9) / b"x")
for size in (1, 8, 39, 40, 44, 48):
    send(Ether(src="02:00:00:00:01:fe", dst="02:00:00:00:01:01", type=0x86dd) / Raw(whole[:size]), dev="eth0")
