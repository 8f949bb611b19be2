#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Drives the machine's kernel through every (state, direction, flags) of TCP and prints what comes.

A connection is brought into the state by the segments of WAYS, then one segment follows that is
where its sender is expected to go on. A line: state, direction, flags, what the packet matched
(-m conntrack --ctstate), and what became of the connection: its state, GONE, or nothing (IGNORED)
when neither the state nor the counters moved.
"""
import lab

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
FLAGS = {'SYN': SYN, 'SYN/ACK': SYN | ACK, 'FIN': FIN | ACK, 'ACK': ACK, 'RST': RST,
         'RST/ACK': RST | ACK, 'none': 0}
OPEN = [('original', SYN), ('reply', SYN | ACK), ('original', ACK)]
WAYS = {
    'NONE': [],
    'SYN_SENT': OPEN[:1],
    'SYN_RECV': OPEN[:2],
    'ESTABLISHED': OPEN,
    'FIN_WAIT': OPEN + [('original', FIN | ACK)],
    'CLOSE_WAIT': OPEN + [('original', FIN | ACK), ('reply', ACK)],
    'LAST_ACK': OPEN + [('original', FIN | ACK), ('reply', ACK), ('reply', FIN | ACK)],
    'TIME_WAIT': OPEN + [('original', FIN | ACK), ('reply', ACK), ('reply', FIN | ACK),
                         ('original', ACK)],
    'CLOSE': OPEN + [('original', RST | ACK)],
    'SYN_SENT2': [('original', SYN), ('reply', SYN)],
}


class Connection:
    def __init__(self, router, sport):
        self.router, self.sport = router, sport
        self.next = {'original': 1000, 'reply': 5000}

    def put(self, direction, flags):
        other = 'reply' if direction == 'original' else 'original'
        seq = self.next[direction]
        ack = self.next[other] if flags & ACK else 0
        if flags & (SYN | FIN):
            self.next[direction] += 1
        return self.router.put(direction, lab.tcp(direction, self.sport, 80, seq, ack, flags))


def outcome(before, after):
    if after is None:
        return 'GONE' if before else 'nothing'
    if before and before[0] == after[0] and before[2:4] == after[2:4]:
        return 'IGNORED'
    return after[0]


def main():
    router = lab.Lab()
    try:
        sport = 10000
        for state, way in WAYS.items():
            for direction in ('original', 'reply'):
                for name, flags in FLAGS.items():
                    sport += 1
                    connection = Connection(router, sport)
                    for step in way:
                        connection.put(*step)
                    before = router.entry(sport)
                    if (before[0] if before else 'NONE') != state:
                        raise SystemExit(f'{state} was not reached: {before}')
                    if state == 'NONE' and direction == 'reply':
                        continue
                    seen = connection.put(direction, flags)
                    result = outcome(before, router.entry(sport))
                    print(f'{state:12}{direction:9}{name:8} {seen:12}{result}')
    finally:
        router.close()


main()
