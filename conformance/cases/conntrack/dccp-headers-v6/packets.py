key = ("proto", "nh")[FAMILY == "ipv6"]
def dccp(kind, offset, src=A, dst=B):
    return b"\3\xe8\7\xd0" + bytes([offset, 0, 0, 0, kind << 1 | 1, 0, 0, 0]) + bytes(20)
for cut in range(0, 33, 3):
    send(ip(A, B, **{key: 33}) / dccp(0, 7)[:cut])
for kind in range(16):
    send(ip(A2, B, **{key: 33}) / dccp(kind, 7))
for offset in (0, 1, 3, 4, 8, 255):
    send(ip(A2, B2, **{key: 33}) / dccp(0, offset))
