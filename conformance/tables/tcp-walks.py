#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Sends random TCP segments to the machine's kernel and prints what conntrack makes of each.

A walk is one connection. Its segments are mostly where they should be, and sometimes just beside:
numbers off by one, by a window, by much; windows of zero; SACK; flags out of turn. After every
segment the line says what it matched, and what the connection is then: state, seconds to live,
packets each way, marks, and the kernel's own words if it said any.

The unit test of the tracker takes the same walks and must come to the same answers.

    tcp-walks.py [SEED [COUNT]]     random walks, COUNT with each of the settings
    tcp-walks.py --again FILE       those of FILE once more
"""
import fcntl
import itertools
import os
import random
import re
import struct
import sys

import lab
from lib import session

FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
SETTINGS = (
    {},
    {'tcp_loose': 0},
    {'tcp_be_liberal': 1},
    {'tcp_ignore_invalid_rst': 1},
    {'tcp_max_retrans': 0},
    {'tcp_max_retrans': 1},
)
WSCALE = b'\x03\x03%c\x01'
SACK_OK = b'\x04\x02\x01\x01'


class Walk:
    def __init__(self, rng, sport):
        self.rng, self.sport = rng, sport
        self.next = {d: rng.choice((1000, 0xfffffff0, 0x7fffff00, 0)) for d in lab.HOSTS}
        self.sent = {d: self.next[d] for d in lab.HOSTS}
        self.count = 0

    def flags(self):
        rng = self.rng
        if self.count < 3 and rng.random() < .85:
            return (('original', SYN), ('reply', SYN | ACK), ('original', ACK))[self.count]
        direction = rng.choice(('original', 'reply'))
        if self.count == 0 and rng.random() < .8:
            direction = 'original'
        return direction, rng.choices(
            (ACK, PSH | ACK, FIN | ACK, RST, RST | ACK, SYN, SYN | ACK, ACK | URG),
            (30, 20, 14, 6, 6, 8, 6, 2))[0]

    def off(self, value):
        rng = self.rng
        if rng.random() < .88:
            return value
        step = rng.choice((1, 2, 10, 100, 1000, 8192, 20000, 65535, 66001, 70000, 1 << 20, 1 << 30))
        return value + rng.choice((-1, 1)) * step

    def options(self, flags):
        rng = self.rng
        text = b''
        if flags & SYN:
            if rng.random() < .5:
                text += SACK_OK
            if rng.random() < .4:
                text += WSCALE % rng.choice((0, 2, 7, 14, 15))
        elif rng.random() < .12:
            edge = self.off(self.next[rng.choice(('original', 'reply'))])
            text += b'\x01\x01\x05\x0a' + struct.pack('>II', (edge - 10) & 0xffffffff, edge & 0xffffffff)
        return text

    def segment(self):
        """(direction, flags, seq, ack, win, data length, options)"""
        rng = self.rng
        direction, flags = self.flags()
        other = 'reply' if direction == 'original' else 'original'
        seq = self.off(self.next[direction])
        if flags & RST and rng.random() < .2:
            seq = 0
        ack = self.off(self.next[other]) if flags & ACK or rng.random() < .1 else 0
        length = rng.choice((0, 0, 1, 10, 100)) if not flags & (SYN | RST) else 0
        win = rng.choices((8192, 65535, 100, 1, 0), (60, 30, 3, 3, 4))[0]
        if seq == self.next[direction]:
            self.next[direction] += length + (1 if flags & (SYN | FIN) else 0)
        self.count += 1
        return (direction, flags, seq & 0xffffffff, ack & 0xffffffff, win, length,
                self.options(flags))


class Words:
    """What the tracker says in the kernel log about one port."""

    def __init__(self):
        self.lock = open(session.KMSG_LOCK, 'w')
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        session.log_all_netns()
        self.kmsg = os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.kmsg, 0, os.SEEK_END)

    def about(self, sport):
        said = []
        while True:
            try:
                line = os.read(self.kmsg, 8192).decode(errors='replace')
            except BlockingIOError:
                return '; '.join(said) or '-'
            found = re.search(r';nf_ct_proto_6: (.*?) ?IN=eth\d .*(?:SPT|DPT)=%d ' % sport, line)
            if found:
                said.append(found.group(1))


def random_walks(seed, count):
    """(settings, segments of a connection) of each walk."""
    rng = random.Random(seed)
    for settings in SETTINGS:
        for k in range(count):
            path = Walk(rng, 20000 + k)
            yield settings, (path.segment() for _ in range(rng.randint(4, 14)))


def kept_walks(path):
    walks = []
    with open(path) as f:
        for line in f:
            first, *rest = line.split()
            if first == 'walk':
                walks.append((dict(word.split('=') for word in rest), []))
            else:
                *numbers, options = rest[:6]
                walks[-1][1].append((first, *map(int, numbers), b'' if options == '-' else bytes.fromhex(options)))
    return walks


def walk(router, words, segments, sport):
    for direction, flags, seq, ack, win, length, options in segments:
        seen = router.put(direction, lab.tcp(direction, sport, 80, seq, ack, flags, win, options,
                                             b'x' * length))
        entry = router.entry(sport)
        state = '%s %d %d %d %s' % (*entry[:4], ','.join(entry[4]) or '-') if entry else 'none 0 0 0 -'
        print(f'{direction} {flags} {seq} {ack} {win} {length} {options.hex() or "-"} '
              f'{seen} {state} {words.about(sport)}')


def main():
    if sys.argv[1:2] == ['--again']:
        walks = kept_walks(sys.argv[2])
    else:
        walks = random_walks(*map(int, (sys.argv[1:] + ['1', '100'][len(sys.argv) - 1:])))
    words = Words()
    for settings, group in itertools.groupby(walks, key=lambda pair: pair[0]):
        router = lab.Lab([('net.netfilter.nf_conntrack_log_invalid', 6)] +
                         [(f'net.netfilter.nf_conntrack_{k}', v) for k, v in settings.items()])
        try:
            for k, (_, segments) in enumerate(group):
                text = ' '.join(f'{key}={value}' for key, value in settings.items())
                print(f'walk {text}'.rstrip())
                walk(router, words, segments, 20000 + k)
        finally:
            router.close()


main()
