port = 1000
for dev, src in (("eth0", A), ("eth1", B), ("eth2", "fd00:3::2")):
    for dst in ("ff00::9", "ff01::9", "ff02::9", "ff03::9", "ff04::9", "ff05::9", "ff08::9", "ff0e::9", "ff15::9", "fe80::9", "fec0::9", "fd00:4::9", "2001:db8::9"):
        port += 1
        send(ip(src, dst) / UDP(sport=port, dport=53) / b"x", dev=dev)
