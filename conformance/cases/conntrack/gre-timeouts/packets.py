key = ("proto", "nh")[FAMILY == "ipv6"]
plain, answer_ = b"\x20\0\x08\0\0\0\0\7inner", b"\x20\0\x08\0\0\0\0\7other"
send(ip(A, B, **{key: 47}) / plain)
send(ip(A2, B, **{key: 47}) / plain)
send(ip(B, A2, **{key: 47}) / answer_)
send(ip(A2, B, **{key: 47}) / plain)
sleep(4.5)
send(ip(A, B, **{key: 47}) / plain)
send(ip(A2, B, **{key: 47}) / plain)
