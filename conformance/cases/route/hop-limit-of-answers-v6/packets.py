for src in (A, "fd00:9::5", R1):
    send(ip(src, "2001:db8::1") / UDP(sport=1000, dport=53) / b"no route", dev="eth0")
    send(ip(src, B, ttl=1) / UDP(sport=1000, dport=53) / b"expired", dev="eth0")
    send(ip(src, B) / TCP(sport=1000, dport=80, flags="S"), dev="eth0")
local(ip(R0, "2001:db8::1") / UDP(sport=1000, dport=53) / b"no route")
local(ip(R0, B) / UDP(sport=1000, dport=53) / b"out")
