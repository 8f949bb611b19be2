whole = bytes(Ether(src="02:00:00:00:01:fe", dst="02:00:00:00:01:01") / ip(A, B) / UDP(sport=1, dport=9) / b"x")
for size in (15, 20, 33, 34, 38, 42):
    send(Ether(whole[:14]) / Raw(whole[14:size]), dev="eth0")
