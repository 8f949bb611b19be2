M = ("10.0.2.98", "fd00:2::92")[FAMILY == "ipv6"]
for protocol in PROTOCOLS:
    out = begin(protocol, A, M)
    every_error(protocol, out)
