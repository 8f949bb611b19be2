# 24 bytes behind the IPv6 header; the options claim 8, 16, 24 and more
for words in (0, 1, 2, 3, 4, 5, 255):
    for follows in (17, 58, 59, 60, 99):
        send(ip(A, B, nh=60) / Raw(bytes([follows, words]) + bytes(22)))
