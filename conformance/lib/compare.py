"""Compares a recording with a second run of the kernel, by the rules of FORMAT.md.

`nfref compare` is the comparison of the suite; this one serves where no C is built, and as its twin.
"""
import json
import os
import re

from .bind import ends

TEXTS = ('conntrack', 'expect', 'events', 'log', 'rules.v4', 'rules.v6', 'sets', 'services')
UNORDERED = ('conntrack', 'expect', 'sets', 'services')
SLACK_S = 2


def read(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return ''
    with open(path) as f:
        return f.read()


def steps_of(folder):
    return [json.loads(line) for line in read(folder, 'steps').splitlines() if line.strip()]


class Difference(Exception):
    """The first one found."""


class Binding:
    """Random ports and ICMP ids: the recording's to the run's, one to one, by address and protocol."""

    def __init__(self):
        self.ports = {}

    def bind(self, key, old, new):
        if self.ports.setdefault((key, old), new) != new:
            raise Difference(f'port {old} was bound to {self.ports[(key, old)]}, now it is {new}')

    def text(self, line):
        table = {old: new for (key, old), new in self.ports.items() if key[0] in (6, 17)}
        return re.sub(r'(port=|SPT=|DPT=)(\d+)',
                      lambda m: m[1] + str(table.get(int(m[2]), m[2])), line)


def ip_of(dev, data):
    if dev == 'local':
        return 0
    return 14 if data[12:14] in (b'\x08\x00', b'\x86\xdd') else 0


def masked(data, at, arrived):
    """Without what may differ: the id of a packet that the router made, and its header checksum."""
    data = bytearray(data)
    if len(data) >= at + 20 and data[at] >> 4 == 4 and bytes(data[at + 4:at + 6]) not in arrived:
        data[at + 4:at + 6] = b'\0\0'
        data[at + 10:at + 12] = b'\0\0'
    if len(data) >= at + 40 and data[at] >> 4 == 6 and bytes(data[at + 1:at + 4]) not in arrived:
        data[at + 1] &= 0xf0                       # the flow label: a keyed hash of Linux's own
        data[at + 2:at + 4] = b'\0\0'
    fragment = fragment_header(data, at)
    if fragment:
        data[fragment + 4:fragment + 8] = b'\0' * 4
    return data


def fragment_header(data, at):
    """Where an IPv6 packet's fragment header is, behind the headers that may come before it; else None."""
    if len(data) < at + 40 or data[at] >> 4 != 6:
        return None
    kind, where = data[at + 6], at + 40
    while kind in (0, 43, 60) and len(data) >= where + 8:
        kind, where = data[where], where + 8 * (data[where + 1] + 1)
    return where if kind == 44 and len(data) >= where + 8 else None


def same_frame(dev, want, got, arrived, binding):
    at = ip_of(dev, want)
    a, b = masked(want, at, arrived), masked(got, at, arrived)
    if a == b:
        return True
    ta, tb = ends(bytes(a[at:])), ends(bytes(b[at:]))
    if not ta or ta != tb:
        return False
    protocol, source, destination = ta[:3]
    first, second, checksum = (at + offset for offset in ta[3:])
    if a[first:first + 2] + a[second:second + 2] == b[first:first + 2] + b[second:second + 2]:
        return False
    for where, address in ((first, source), (second, destination)):
        old, new = (int.from_bytes(x[where:where + 2], 'big') for x in (a, b))
        if old != new:
            binding.bind((protocol, address), old, new)
        a[where:where + 2] = b[where:where + 2]
    a[checksum:checksum + 2] = b[checksum:checksum + 2]
    return a == b


def compare_steps(want, got, inputs, binding):
    if len(want) != len(got):
        raise Difference(f'steps: {len(want)} wanted, {len(got)} got')
    arrived = set()
    for _, dev, data in inputs:
        at = ip_of(dev, data)
        arrived.add(data[at + 1:at + 4] if data[at:at + 1] and data[at] >> 4 == 6 else data[at + 4:at + 6])
    for n, (a, b) in enumerate(zip(want, got)):
        if a['in'] != b['in']:
            raise Difference(f"step {n}: in {a['in']} wanted, {b['in']} got")
        for dev in sorted({o[0] for o in a['out'] + b['out']}):
            frames = [[bytes.fromhex(h) for d, h in side['out'] if d == dev] for side in (a, b)]
            if len(frames[0]) != len(frames[1]):
                raise Difference(f'step {n}: {len(frames[0])} on {dev} wanted, {len(frames[1])} got')
            for old, new in zip(*frames):
                if not same_frame(dev, old, new, arrived, binding):
                    raise Difference(f'step {n} on {dev}:\n want {old.hex()}\n got  {new.hex()}')


def canonical(name, line):
    """(the line without what may differ, its remaining time or None)."""
    seconds = None
    line = re.sub(r' (use|id)=\d+', '', line)
    if name == 'conntrack':
        match = re.match(r'(\S+ +\d+ \S+ +\d+) (\d+)( .*)', line)
    elif name == 'events':
        match = re.match(r'( *\[\w+\] \S+ +\d+ \S+ +\d+) (\d+)( .*)', line)
    elif name == 'expect':
        match = re.match(r'()(\d+)( .*)', line)
    else:
        match = None
        line = re.sub(r' delta-time=\d+| ID=\d+', '', line)
    if match:
        seconds, line = int(match[2]), match[1] + match[3]
    return re.sub(r' delta-time=\d+', '', line), seconds


def compare_text(name, want, got, binding):
    sides = []
    for text, change in ((want, binding.text), (got, str)):
        lines = [canonical(name, change(line)) for line in text.splitlines()
                 if not (name.startswith('rules') and line.startswith('#'))]
        sides.append(sorted(lines, key=str) if name in UNORDERED else lines)
    for a, b in zip(*sides):
        near = a[1] is None or b[1] is None or abs(a[1] - b[1]) <= SLACK_S
        if a[0] != b[0] or not near:
            raise Difference(f'{name}:\n want {a[1] or ""} {a[0]}\n got  {b[1] or ""} {b[0]}')
    if len(sides[0]) != len(sides[1]):
        longer = max(sides, key=len)
        side = 'want' if longer is sides[0] else 'got'
        raise Difference(f'{name}: only in {side}: {longer[min(map(len, sides))][0]}')


def compare(want, got, inputs):
    """None when both folders say the same, else the first difference as text."""
    binding = Binding()
    try:
        compare_steps(steps_of(want), steps_of(got), inputs, binding)
        for name in TEXTS:
            compare_text(name, read(want, name), read(got, name), binding)
    except Difference as difference:
        return str(difference)
    return None
