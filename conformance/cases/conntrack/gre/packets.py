send(ip(A, B, proto=47) / Raw(b"\x20\0\x08\0\0\0\0\x07inner"))
send(ip(B, A, proto=47) / Raw(b"\x20\0\x08\0\0\0\0\x08inner"))
send(ip(A, B, proto=47) / Raw(b"\x30\x01\x88\x0b\0\x04\x12\x34\0\0\0\0data"))
