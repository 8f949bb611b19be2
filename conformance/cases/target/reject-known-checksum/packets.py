def bad(p):
    p.chksum = 0x1234
    return p
for dst in (B, R0):
  for opts in (None, b"\1" * 8, b"\x07\x07\x04" + bytes(5), b"\x07\x07\x08" + b"\1" * 4 + b"\0"):
    o = dict(options=[IPOption(opts)]) if opts else {}
    for f in (lambda p: p, bad):
        send(ip(A, dst, **o) / f(UDP(sport=1000, dport=53)) / b"u")
        sleep(1)
        send(ip(A, dst, **o) / f(TCP(sport=1000, dport=80, flags="S")))
        sleep(1)
        send(ip(A, dst, **o) / f(TCP(sport=1000, dport=81, flags="S")))
        sleep(1)
        send(ip(A, dst, **o) / f(ICMP(type=8, id=3, seq=4)) / b"hello")
        sleep(1)
