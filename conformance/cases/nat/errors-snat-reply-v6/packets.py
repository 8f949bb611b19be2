for protocol in PROTOCOLS:
    out = begin(protocol, A, B)
    out = agree(protocol, out)
    every_error(protocol, out)
