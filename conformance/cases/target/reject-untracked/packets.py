for port in (53, 200):
    send(ip(A, B) / UDP(sport=1000, dport=port) / b"x")
    sleep(1)
    send(ip(A, B) / TCP(sport=1000, dport=port, flags="S"))
    sleep(1)
local(ip(R0, A) / UDP(sport=1000, dport=53) / b"x")
