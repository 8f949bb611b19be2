kind, proto = (8, {"proto": 1}) if FAMILY == "ipv4" else (128, {"nh": 58})
for size in range(10):
    send(ip(A, B, **proto) / Raw((bytes([kind, 0, 0, 0, 0, 7, 0, 1]) + b"xy")[:size]))
