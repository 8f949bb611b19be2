for opts in (b"\1" * 8, b"\x07\x07\x04" + bytes(5), b"\x07\x07\x08" + b"\1" * 4 + b"\0"):
    send(ip(A, B, options=[IPOption(opts)]) / UDP(sport=1000, dport=53) / b"u")
    sleep(2)
    send(ip(A, B, options=[IPOption(opts)]) / TCP(sport=1000, dport=80, flags="S"))
    sleep(2)
    send(ip(A, B, proto=47, options=[IPOption(opts)]) / Raw(bytes(20)))
    sleep(2)
