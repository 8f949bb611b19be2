for protocol in PROTOCOLS:
    out = begin(protocol, A, B)
    every_error(protocol, out)
