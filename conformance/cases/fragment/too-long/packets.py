send(ip(A, B, id=9, flags="MF", proto=17) / Raw(b"x" * 64))
send(ip(A, B, id=9, frag=8190, proto=17) / Raw(b"y" * 64))
send(ip(A, B, id=9, frag=8, proto=17) / Raw(b"z" * 64))
