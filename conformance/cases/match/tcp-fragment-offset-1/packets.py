send(ip(A, B, proto=6, frag=1) / Raw(b"flagflagflag"))
send(ip(A, B, proto=6, frag=3) / Raw(b"flagflagflag"))
