# the whole in one fragment with more to come, once more as the last one, then what contradicts its end
head = ip(A, B)
udp = UDP(sport=1000, dport=53, len=48)
total = in6_chksum(17, head, bytes(udp / bytes(40)))
udp_bytes = bytes(UDP(sport=1000, dport=53, len=48, chksum=total) / bytes(40))
def piece(at, end, more):
    return head / IPv6ExtHdrFragment(nh=17, id=77, offset=at // 8, m=more) / Raw(udp_bytes[at:end])
send(piece(0, 48, 1))
send(piece(0, 48, 0))
send(piece(0, 48, 1))
send(head / IPv6ExtHdrFragment(nh=17, id=77, offset=8, m=0) / Raw(bytes(16)))
send(piece(0, 32, 1))
send(piece(32, 48, 0))
