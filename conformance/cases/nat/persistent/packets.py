servers = [("10.0.2.%d", "fd00:2::%x")[FAMILY == "ipv6"] % n for n in range(6, 14)]
sports = iter(range(1000, 1100))         # one each, or an earlier mapping of the port would be shared
for port in (1, 2, 3, 4):
    for host in (A, A2):
        for server in servers:
            udp(host, next(sports), server, port)
