q = udp(A, 1, B, 514)
answer(q)                  # tracked: the rule does not see it
udp(A, 1, B, 515)
udp(A, 1, B, 516)
local(ip(R1, B) / UDP(sport=1, dport=514) / b"x")
