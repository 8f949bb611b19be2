# the whole in one fragment with more to come, once more as the last one, then what contradicts its end
whole = ip(A, B, id=77) / UDP(sport=1000, dport=53) / bytes(40)
def piece(at, end, more):
    return ip(A, B, id=77, frag=at // 8, flags="MF" if more else 0, proto=17) / Raw(bytes(whole[UDP])[at:end])
send(piece(0, 48, True))
send(piece(0, 48, False))
send(piece(0, 48, True))
send(piece(0, 48, False))
send(ip(A, B, id=77, frag=8, proto=17) / Raw(bytes(16)))
send(piece(0, 32, True))
send(piece(32, 48, False))
