ident = 100
R35, OUT = "10.0.1.35", "192.0.2.1"
def first(src, dst):
    global ident
    ident += 1
    udp_bytes = bytes(UDP(sport=1000, dport=53, len=100)) + b"x" * 32
    if ":" in src:
        return ip(src, dst) / IPv6ExtHdrFragment(nh=17, id=ident, offset=0, m=1) / Raw(udp_bytes)
    return ip(src, dst, proto=17, flags="MF") / Raw(udp_bytes)
for src, dst in ((R0, B), (R0, R1), (R0, R35)):
    local(first(src, dst))
    sleep(2.5)
for src, dst in ((A, R0), (A, R35), (A, R1), (A, B), (R1, R0), (R35, R1), (OUT, R0)):
    send(first(src, dst), dev="eth0")
    sleep(2.5)
