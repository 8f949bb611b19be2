for first in (0x45, 0x05, 0x55, 0x75, 0xf5, 0x44, 0x4f, 0x16):
    local(bytes([first]) + bytes(ip(R1, B, id=9) / UDP(sport=1, dport=9) / (b"x" * 40))[1:])
local(bytes([0x05]) + bytes(ip(R1, R1, id=9) / UDP(sport=2, dport=9) / b"x")[1:])
