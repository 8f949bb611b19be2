# A Linux desktop (192.168.1.10) and a vsftpd somewhere (198.51.100.21), twelve hops and 31 ms away.
PC, SERVER = '192.168.1.10', '198.51.100.21'
PC_MAC, GATEWAY_MAC = '3c:97:0e:5a:11:2b', '00:1b:21:c4:9d:60'
SYN_OPTIONS = [('MSS', 1460), ('SAckOK', b'')]
clock = {'c': 2841553012, 's': 917204411}    # time stamps of both ends, milliseconds
heard = {'c': 0, 's': 0}
idents = {'c': 48213, 's': 0}


def stamped(end, options=()):
    other = 's' if end == 'c' else 'c'
    heard[other] = clock[end]
    pad = [] if options else [('NOP', None), ('NOP', None)]
    return [*options, *pad, ('Timestamp', (clock[end], heard[end])), *([('NOP', None), ('WScale', 7)] if options else [])]


def pause(milliseconds):
    sleep(max(0, milliseconds - 10) / 1000)      # 10 ms go by with each packet anyway
    for end in clock:
        clock[end] += max(10, milliseconds)


def say(t, end, flags='A', data=b'', wait=31, window=None):
    """One segment of the client of the session ('c') or the server ('s'), whoever opened t."""
    pause(wait)
    opener = 'c' if t.client_is == 'c' else 's'
    options = stamped(end, SYN_OPTIONS if 'S' in flags else ())
    idents[end] = (idents[end] + 1) & 0xffff
    window = window or ((64240 if end == 'c' else 65160) if 'S' in flags else (502 if end == 'c' else 509))
    fields = {'ttl': 64 if end == 'c' else 52, 'tos': 0x10 if data and t.control else 0, 'flags': 'DF', 'id': idents[end]}
    speak = t.c if end == opener else t.s
    return speak(flags, data, options=options, window=window, fields=fields)


def opened(t, client_is, control=False):
    t.client_is, t.control = client_is, control
    first, second = (client_is, 's' if client_is == 'c' else 'c')
    say(t, first, 'S', wait=12)
    say(t, second, 'SA')
    say(t, first, 'A', wait=1)
    return t


def asks(line, *replies):
    say(ftp, 'c', 'PA', line + b'\r\n', wait=420)
    for n, reply in enumerate(replies):
        say(ftp, 's', 'PA', reply + b'\r\n', wait=32 if n == 0 else 3)
        say(ftp, 'c', 'A', wait=1)


LISTING = (b'-rw-r--r--    1 0        0            1834 Mar 02  2026 README\r\n'
           b'drwxr-xr-x    2 0        0            4096 Jul 14 09:21 pub\r\n'
           b'-rw-r--r--    1 0        0            4050 Nov 20 17:05 release-notes.txt\r\n')
PARTS = [(b'Release notes, line %03d.\n' % n) * 54 for n in (1, 2, 3)]

ftp = opened(Tcp(PC, 41752, SERVER, 21, seq=2210473390, peer_seq=3391028117, dev='eth0'), 'c', control=True)
say(ftp, 's', 'PA', b'220 (vsFTPd 3.0.5)\r\n', wait=34)
say(ftp, 'c', 'A', wait=1)
asks(b'USER anonymous', b'331 Please specify the password.')
asks(b'PASS guest@example.org', b'230 Login successful.')
asks(b'SYST', b'215 UNIX Type: L8')

# active mode: the server opens the data connection to the address and port of PORT
asks(b'PORT 192,168,1,10,183,40', b'200 PORT command successful. Consider using PASV.')
say(ftp, 'c', 'PA', b'LIST\r\n', wait=2)
data = opened(Tcp(SERVER, 20, ftp.server.peer, 183 * 256 + 40, seq=1187340022, peer_seq=4023318871, dev='eth1'), 's')
say(ftp, 's', 'PA', b'150 Here comes the directory listing.\r\n', wait=2)
say(data, 's', 'PA', LISTING, wait=1)
say(data, 's', 'FA', wait=1)
say(data, 'c', 'A', wait=1)
say(data, 'c', 'FA', wait=1)
say(data, 's', 'A')
say(ftp, 'c', 'A', wait=1)
say(ftp, 's', 'PA', b'226 Directory send OK.\r\n', wait=1)
say(ftp, 'c', 'A', wait=31)

# passive mode: the client opens it, to what the server answers
asks(b'PASV', b'227 Entering Passive Mode (198,51,100,21,156,85).')
data = opened(Tcp(PC, 46690, SERVER, 156 * 256 + 85, seq=901277345, peer_seq=2750019388, dev='eth0'), 'c')
asks(b'RETR release-notes.txt', b'150 Opening BINARY mode data connection for release-notes.txt (4050 bytes).')
for part in PARTS:
    say(data, 's', 'A' if part is not PARTS[-1] else 'PA', part, wait=1)
say(data, 'c', 'A', wait=1, window=501)
say(data, 's', 'FA', wait=1)
say(data, 'c', 'FA', wait=2)
say(data, 's', 'A')
say(ftp, 's', 'PA', b'226 Transfer complete.\r\n', wait=2)
say(ftp, 'c', 'A', wait=1)

# a stranger tries the port of the listing again, and is not let in
tcp(SERVER, 20, '203.0.113.7', 183 * 256 + 41, seq=55501, dev='eth1', fields={'ttl': 44})

asks(b'QUIT', b'221 Goodbye.')
say(ftp, 's', 'FA', wait=1)
say(ftp, 'c', 'FA', wait=1)
say(ftp, 's', 'A')
