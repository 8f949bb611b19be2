"""Compares a recording with a second run of the kernel, by the rules of FORMAT.md.

`nfref compare` is the comparison of the suite; this one serves where no C is built, and as its twin.
"""
import ipaddress
import json
import os
import re

from .bind import ECHO, fields, ip_of, put, rewritten, same_addresses

TEXTS = ('conntrack', 'expect', 'events', 'log', 'rules.v4', 'rules.v6', 'sets', 'services')
BOUND = ('conntrack', 'expect', 'events', 'log')
PROTOCOLS = {'TCP': 6, 'UDP': 17, 'UDPLITE': 136, 'ICMP': 1, 'ICMPv6': 58, 'SCTP': 132}
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
    """Random ports and ICMP ids: the recording's to the run's, flow by flow, one to one. Only those may differ that the
    recording's connections show as chosen by NAT, and within the range that a rule names."""

    def __init__(self, want=''):
        self.forth, self.back = {}, {}
        rules = [line for name in ('rules.v4', 'rules.v6') for line in read(want, name).splitlines() if '-j ' in line]
        self.ranges = [(int(low or alone), int(high or low or alone)) for line in rules
                       for low, alone, high in re.findall(r'--to-(?:\S+ \S*(?:\]|\.\d+):(\d+)|ports (\d+))(?:-(\d+))?', line)]
        self.free = any(re.search('-j MASQUERADE', line) and '--to-ports' not in line or
                        re.search(r'-j SNAT .*--to-source ([\d.-]+|[^\][]+)( |$)', line) for line in rules)
        random_dst = any(re.search('-j (DNAT|REDIRECT) .*--random', line) for line in rules)
        ends = [pair for name in ('conntrack', 'events') for line in read(want, name).splitlines()
                for pair in chosen_ends(line, random_dst)]
        self.chosen = {end for end, _ in ends}
        self.of = {between: end for end, between in ends}

    def may(self, old, new):
        within = [low <= new <= high for low, high in self.ranges if low <= old <= high]
        return self.free or not within or any(within)

    def bind(self, end, new):
        """An endpoint of the recording is seen as this port."""
        end = self.of.get(end, end)
        *where, old = end
        if end not in self.forth:
            if end not in self.chosen and old != new:
                raise Difference(f'port {number(old)} is now {number(new)}, and NAT did not choose it')
            if end not in self.chosen:
                return
            if not self.may(number(old), number(new)):
                raise Difference(f'port {number(old)} is now {number(new)}, out of the range of its rule')
            if (*where, new) in self.back:
                raise Difference(f'two ports are now {number(new)}')
            self.forth[end], self.back[(*where, new)] = new, old
        elif self.forth[end] != new:
            raise Difference(f'port {number(old)} was bound to {number(self.forth[end])}, now it is {number(new)}')

    def text(self, line):
        """A line of the recording in the words of the run."""
        return ''.join(word if end is None else name + str(number(self.get(end) or end[2]))
                       for word, name, end in words(line))

    def get(self, end):
        return self.forth.get(self.of.get(end, end))


def number(port):
    return int.from_bytes(port, 'big')


def address(text):
    try:
        return ipaddress.ip_address(text).packed
    except ValueError:
        return b''


def words(line):
    """(word, what stands before its number, endpoint or None) of all words and the spaces between them."""
    found = re.match(r' *(?:\[\w+\] )? *\S+ +\d+ \S+ +(\d+) ', line)
    protocol = int(found[1]) if found else 0
    src = dst = sport = b''
    asker = coded = False
    all_words = re.split('( +)', line)
    for n, word in enumerate(all_words):
        key, _, value = word.lstrip('[').rstrip(']').partition('=')
        key, end = key.lower().removeprefix('master-'), None
        if key == 'src':
            src, coded = address(value), False
        elif key == 'dst':
            dst = address(value)
        elif key == 'proto':
            protocol = int(value) if value.isdigit() else PROTOCOLS.get(value, 0)
        elif key == 'type' and protocol in ECHO:
            asker = (dst, src, b'') if value == str(ECHO[protocol][1]) else (src, dst, b'')
        elif key == 'code':
            coded = True
        elif value.isdigit() and int(value) < 65536:
            port = int(value).to_bytes(2, 'big')
            if key in ('sport', 'spt'):                # the destination's is the next word
                sport = port
                end = (protocol, (src, dst, int(all_words[n + 2].partition('=')[2]).to_bytes(2, 'big')), port)
            elif key in ('dport', 'dpt'):
                end = (protocol, (dst, src, sport), port)
            elif key == 'id' and coded and asker:
                end = (protocol, asker, port)
        yield word, word[:word.index('=') + 1] if end else '', end


def chosen_ends(line, random_dst):
    """The ports of a connection whose two tuples do not mirror each other, each with the one that it is between DNAT and
    SNAT, where the source is still the first tuple's."""
    names = {}
    for _, name, end in words(line):
        if end:
            names.setdefault(name.rstrip('=').lstrip('['), []).append(end)
    for orig, reply, counts in [('sport', 'dport', True), ('dport', 'sport', random_dst), ('id', 'id', True)]:
        if not counts or len(names.get(orig, ())) < 2 or names[orig][0][2] == names[reply][1][2]:
            continue
        protocol, (here, there, peer), port = end = names[reply][1]
        if orig == 'dport':
            (_, (source, _, _), peer) = names['sport'][0]
            yield end, (protocol, (here, source, peer), port)
        elif orig == 'id':
            yield end, (protocol, (names['id'][0][1][0], there, peer), port)
        else:
            yield end, end


def fragment_header(data, at):
    """Where an IPv6 packet's fragment header is, behind the headers that may come before it; else None."""
    if len(data) < at + 40 or data[at] >> 4 != 6:
        return None
    kind, where = data[at + 6], at + 40
    while kind in (0, 43, 60) and len(data) >= where + 8:
        kind, where = data[where], where + 8 * (data[where + 1] + 1)
    return where if kind == 44 and len(data) >= where + 8 else None


def fragments_of(data, at):
    """The fragment headers of a packet and of the one that an ICMPv6 error quotes, each with the checksums that cover it."""
    own = fragment_header(data, at)
    is_error = len(data) >= at + 48 and data[at] >> 4 == 6 and data[at + 6] == 58 and data[at + 40] < 128
    quoted = fragment_header(data, at + 48) if is_error else None
    return ([(own, ())] if own else []) + ([(quoted, (at + 42,))] if quoted else [])


def is_fragment_id(data, at, n):
    fragment = fragment_header(data, at)
    return fragment is not None and fragment + 4 <= n < fragment + 8


def same_frame(dev, want, got, arrived, binding):
    """Equal, or different only where it may be: `want` is put into the words of the run, byte by byte."""
    at = ip_of(dev, want)
    if len(want) != len(got):
        return False
    for old, new in zip(fields(want, at), fields(got, at)):
        if not same_addresses(old.end, new.end):
            return False
        binding.bind(old.end, new.end[2])
    expected = bytearray(rewritten(want, at, binding.get))
    version = want[at] >> 4 if len(want) > at else 0
    if version == 4 and len(want) >= at + 20 and want[at + 4:at + 6] not in arrived:
        put(expected, at + 4, got[at + 4:at + 6], (at + 10,))
    if version == 6 and len(want) >= at + 40 and want[at + 1:at + 4] not in arrived:
        expected[at + 1:at + 4] = bytes([want[at + 1] & 0xf0 | got[at + 1] & 0x0f]) + got[at + 2:at + 4]
    for fragment, sums in fragments_of(want, at):
        for half in (fragment + 4, fragment + 6):
            end = ('fragment', half - fragment, want[fragment + 4:fragment + 8], want[half:half + 2])
            binding.chosen.add(end)
            binding.bind(end, got[half:half + 2])
            put(expected, half, got[half:half + 2], sums)
    for where in {at + 10} | {where for field in fields(want, at) for where in field.sums}:
        # zero has two forms
        if where + 2 <= len(got) and {bytes(expected[where:where + 2]), got[where:where + 2]} == {b'\0\0', b'\xff\xff'} and \
                want[where:where + 2] != got[where:where + 2]:
            expected[where:where + 2] = got[where:where + 2]
    return expected == got


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
    """(the line without what does not count, the times that may differ by SLACK_S)."""
    times = []

    def take(match):
        times.append(int(match[2] or 0))
        return match[1]

    if name == 'log':
        if re.search(r'IN=(lo)? .*(PROTO=ICMP| RST )', line):      # of a packet that the router made
            own, quoted, rest = line.partition('[SRC=')
            line = re.sub(r' ID=\d+| FLOWLBL=\d+', '', own, count=1) + quoted + rest
        if re.search('(IN|OUT)=lo ', line):                        # it has cut fragments anew
            line = re.sub(r' ID:\S+', '', line)
        return line, times
    if name in ('conntrack', 'expect', 'events'):
        line = re.sub(r'( code=\d+ id=\d+)| (?:use|id)=\d+', lambda match: match[1] or '', line)
        line = re.sub(r'( delta-time=)(\d+)', take, line)
        line = re.sub({'conntrack': r'^(\S+ +\d+ \S+ +\d+)(?: (\d+))(?= )', 'expect': r'^()(\d+)',
                       'events': r'^( *\[\w+\] \S+ +\d+ \S+ +\d+)(?: (\d+))?(?= )'}[name], take, line)
    return line, times


def near(a, b):
    return len(a) == len(b) and all(abs(x - y) <= SLACK_S for x, y in zip(a, b))


def compare_ordered(name, want, got):
    for a, b in zip(want, got):
        if a[0] != b[0] or not near(a[1], b[1]):
            raise Difference(f'{name}:\n want {a}\n got  {b}')
    if len(want) != len(got):
        longer = max(want, got, key=len)
        side = 'want' if longer is want else 'got'
        raise Difference(f'{name}: only in {side}: {longer[min(len(want), len(got))]}')


def compare_unordered(name, want, got):
    """A connection in its last second may have ended on the other side, unless another is there for it."""
    got, ended = list(got), 0
    for a in want:
        same = [b for b in got if a[0] == b[0] and near(a[1], b[1])]
        if same:
            got.remove(min(same, key=lambda b: [abs(x - y) for x, y in zip(a[1], b[1])]))
        elif name == 'conntrack' and a[1] == [0]:
            ended += 1
        else:
            raise Difference(f'{name}: only in want: {a}')
    left = [b for b in got if ended or name != 'conntrack' or b[1] != [0]]
    if left:
        raise Difference(f'{name}: only in got: {left[0]}')


def compare_text(name, want, got, binding):
    want, got = ([canonical(name, change(line)) for line in text.splitlines()
                  if line and not (name.startswith('rules') and line.startswith('#'))]
                 for text, change in ((want, binding.text if name in BOUND else str), (got, str)))
    (compare_unordered if name in UNORDERED else compare_ordered)(name, want, got)


def compare(want, got, inputs):
    """None when both folders say the same, else the first difference as text."""
    binding = Binding(want)
    try:
        compare_steps(steps_of(want), steps_of(got), inputs, binding)
        for name in TEXTS:
            compare_text(name, read(want, name), read(got, name), binding)
    except Difference as difference:
        return str(difference)
    return None
