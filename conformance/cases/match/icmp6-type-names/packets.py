for kind, codes in ((1, 8), (2, 2), (3, 3), (4, 4), (128, 2), (129, 2), (133, 1), (134, 1), (135, 1), (136, 1), (137, 1), (254, 1), (255, 1)):
    for code in range(codes):
        send(ip(A, B, nh=58) / ICMPv6Unknown(type=kind, code=code, msgbody=b"\0\0\0\0quoted"))
send(ip(A, B, nh=58) / ICMPv6Unknown(type=254, code=255, msgbody=b"\0\0\0\0quoted"))
send(ip(A, B, nh=58) / b"\x80")
send(ip(A, B, nh=58))
