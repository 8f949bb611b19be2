local(ip(R1, B, flags="DF") / UDP(sport=1, dport=9) / (b"m" * 572))
local(ip(R1, B) / UDP(sport=1, dport=9) / (b"m" * 572))
