V = ("10.0.2.99", "fd00:2::99")[FAMILY == "ipv6"]
for protocol in PROTOCOLS:
    out = begin(protocol, A, V)
    every_error(protocol, out)
