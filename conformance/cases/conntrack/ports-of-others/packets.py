key = ("proto", "nh")[FAMILY == "ipv6"]
for protocol in (33, 132, 136, 253):         # DCCP, SCTP, UDP-Lite, an experiment
    for port in (1000, 1001):
        send(ip(A, B, **{key: protocol}) / (port.to_bytes(2, "big") + (80).to_bytes(2, "big") + bytes(36)))
    send(ip(B, A, **{key: protocol}) / ((80).to_bytes(2, "big") + (1000).to_bytes(2, "big") + bytes(36)))
