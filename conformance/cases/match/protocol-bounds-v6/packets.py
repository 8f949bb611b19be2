key = ("proto", "nh")[FAMILY == "ipv6"]
for number in (1, 2, 6, 17, 47, 50, 132, 136, 254, 255):
    send(ip(A, B, **{key: number}) / bytes(40))
send(ip(A, B, **{key: 51}) / bytes([59, 4]) / bytes(38))
