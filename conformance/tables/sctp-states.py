#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Drives the machine's kernel through every (state, direction, chunk) of SCTP and prints what comes.

As tcp-states.py: a line is the state, the direction, the chunk, what the packet matched, what
became of the association, and the seconds that it then has to live.
"""
import struct

import lab

INIT, INIT_ACK, HEARTBEAT, HEARTBEAT_ACK, ABORT = 1, 2, 4, 5, 6
SHUTDOWN, SHUTDOWN_ACK, COOKIE_ECHO, COOKIE_ACK, COMPLETE = 7, 8, 10, 11, 14
CHUNKS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 14, 130)
OPEN = [('original', INIT), ('reply', INIT_ACK), ('original', COOKIE_ECHO), ('reply', COOKIE_ACK)]
WAYS = {
    'new': [],
    'init': OPEN[:1],
    'init-ack': OPEN[:2],
    'cookie-echo': OPEN[:3],
    'cookie-ack': OPEN,
    'shutdown': OPEN + [('original', SHUTDOWN)],
    'shutdown-reply': OPEN + [('reply', SHUTDOWN)],
    'shutdown-ack': OPEN + [('original', SHUTDOWN), ('reply', SHUTDOWN_ACK)],
    'complete': OPEN + [('original', SHUTDOWN), ('reply', SHUTDOWN_ACK), ('original', COMPLETE)],
    'abort': OPEN + [('original', ABORT)],
    'init-both': [('original', INIT), ('reply', INIT)],
    'heartbeat': [('original', HEARTBEAT)],
    'heartbeat-ack': [('original', HEARTBEAT), ('reply', HEARTBEAT_ACK)],
}
# the tag that a direction's packets carry is what the other side chose in its INIT or INIT ACK
TAG = {'original': 0x22222222, 'reply': 0x11111111}


def crc32c(data):
    crc = 0xffffffff
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
    return crc ^ 0xffffffff


def packet(direction, sport, chunk, tag=None):
    other = 'reply' if direction == 'original' else 'original'
    if tag is None:
        tag = 0 if chunk == INIT else TAG[direction]
    body = b'\0' * 12
    if chunk in (INIT, INIT_ACK):
        body = struct.pack('>IIHHI', TAG[other], 65535, 1, 1, 1)
    ports = (sport, 80) if direction == 'original' else (80, sport)
    head = struct.pack('>HHI', *ports, tag)
    chunks = struct.pack('>BBH', chunk, 0, 4 + len(body)) + body
    crc = crc32c(head + b'\0' * 4 + chunks)
    return lab.ipv4(direction, 132, head + struct.pack('<I', crc) + chunks)


def entry(router, sport):
    lines = router.entries('-p', 'sctp', '--orig-port-src', str(sport))
    if not lines:
        return None
    field = lines[0].split()
    return field[5], int(field[4]), lines[0].count('packets=1 '), lines[0]


def main():
    router = lab.Lab()
    sport = 10000
    try:
        for state, way in WAYS.items():
            for direction in ('original', 'reply'):
                for chunk in CHUNKS:
                    if state == 'new' and direction == 'reply':
                        continue
                    sport += 1
                    for step in way:
                        router.put(step[0], packet(step[0], sport, step[1]))
                    seen = router.put(direction, packet(direction, sport, chunk))
                    after = entry(router, sport)
                    assured = 'ASSURED' if after and '[ASSURED]' in after[3] else '-'
                    result = f'{after[0]} {after[1]} {assured}' if after else 'none 0 -'
                    print(f'{state} {direction} {chunk} {seen} {result}')
    finally:
        router.close()


main()
