local(ip(R1, B) / UDP(sport=1, dport=9) / b"x")
local(ip(R1, B) / UDP(sport=1, dport=10) / b"x")
