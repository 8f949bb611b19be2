room = 48
for size in (1280, 1281, 1400, 1401, 1500):
    udp(A, 1, B, 9, b"x" * (size - room))
for size in (1400, 1401, 1500):
    udp(B, 1, A, 9, b"x" * (size - room))
local(ip(R1, B) / UDP(sport=1, dport=9) / (b"x" * 1400))
