for dst in (R0, B, "10.0.1.255", "224.0.0.1"):
    local(ip(R0, dst) / UDP(sport=1000, dport=53) / b"x")
for dst in ("fd00:1::1", "fd00:1::2", "ff02::1"):
    local(ip("fd00:1::1", dst) / UDP(sport=1000, dport=53) / b"x")
