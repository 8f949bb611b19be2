t = Tcp(A, 40000, B, 80)
t.open()
for k in range(6):
    t.c('PA', b'question %d' % k)
    t.s('A')
    t.s('PA', b'answer %d: ' % k + b'x' * (k * 17))
    t.c('A')
t.c('A', fields={'ttl': 2})
t.c('A', fields={'ttl': 1})                            # its own end, not the connection's
t.s('PA', b'beyond', seq=900000)                       # out of the window: INVALID
t.c('PA', b'once more')
t.s('A')
q = udp(A, 5000, B, 53)
for k in range(4):
    answer(q)
    q = udp(A, 5000, B, 53)
t.close()
