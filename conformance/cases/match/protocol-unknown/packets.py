send(ip(A, B, proto=253) / Raw(b"experiment"))
send(ip(A, B, proto=254) / Raw(b"dropped"))
send(ip(B, A, proto=253) / Raw(b"reply"))
