for mac in ("02:00:00:00:01:fe", "02:00:00:00:01:ff", "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"):
    send(Ether(src=mac, dst="02:00:00:00:01:01") / ip(A, B) / UDP(sport=1, dport=9) / b"x", dev="eth0")
local(ip(R0, R1) / UDP(sport=1, dport=9) / b"x")
