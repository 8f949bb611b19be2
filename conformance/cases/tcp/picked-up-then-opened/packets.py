def begin(port, options=()):
    tcp(A, port, B, 80, 'A', seq=500000, window=500)
    tcp(A, port, B, 80, 'S', seq=1000, window=500, options=list(options))
    tcp(B, 80, A, port, 'SA', seq=5000, ack=1001, window=1000, options=list(options))


def server(port, seq, ack):
    tcp(B, 80, A, port, 'PA', seq=seq, ack=ack, window=1000, data=b'x')


def client(port, seq):
    tcp(A, port, B, 80, 'PA', seq=seq, ack=5001, window=500, data=b'x')


begin(1001)
client(1001, 301001)
begin(1002)
client(1002, 1001)
server(1002, 305001, 1002)
client(1002, 301001)
begin(1003)
server(1003, 5001, 900000)
begin(1004, [('MSS', 1460), ('WScale', 2)])
server(1004, 305001, 1001)
server(1004, 605001, 1001)
client(1004, 301001)
