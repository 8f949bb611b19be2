"""A case folder: what is configured, which interfaces there are, and how results are written."""
import json
import os
import re
import shutil

from . import pcapio

TEXTS = ('net', 'sysctl.conf', 'rules.v4', 'rules.v6', 'sets', 'services')


class Case:
    """The configuration of a case, as text, and its inputs."""

    def __init__(self, folder, with_inputs=True):
        self.folder = folder
        self.text = {}
        for name in TEXTS:
            path = os.path.join(folder, name)
            if os.path.exists(path):
                with open(path) as f:
                    self.text[name] = f.read()
        self.inputs, self.links = [], {}
        if with_inputs:
            self.inputs, self.links = pcapio.read_inputs(os.path.join(folder, 'in'))
        self.about = {}
        with open(os.path.join(folder, 'about')) as f:
            self.title, *rest = f.read().splitlines()
        for line in rest:
            if ': ' in line:
                key, value = line.split(': ', 1)
                self.about[key] = value

    def interfaces(self):
        """Names, sorted: the files of in/ and the devs of net. The k-th has MAC 02:00:00:00:0k:01."""
        names = set(re.findall(r'\bdev\s+(\S+)', self.text.get('net', '')))
        names |= set(re.findall(r'^\s*link set (?!dev)(\S+)', self.text.get('net', ''), re.M))
        names |= set(self.links)
        return sorted(names - {'local', 'lo'})

    def is_tun(self, dev):
        return self.links.get(dev) == pcapio.RAW or dev.startswith('tun')

    def sysctls(self):
        for line in self.text.get('sysctl.conf', '').splitlines():
            line = line.split('#')[0].strip()
            if '=' in line:
                key, value = line.split('=', 1)
                yield key.strip(), value.strip()

    def holds_for(self, release):
        """Whether the case's Kernel range, `6.1-`, `6.1-6.12` or `6.18`, takes this release in."""
        low, dash, high = self.about.get('Kernel', '').partition('-')
        high = high if dash else low
        return (not low or number(release) >= number(low)) and (not high or number(release) <= number(high))

    def logs(self):
        """Whether something in it may write to the kernel log."""
        rules = self.text.get('rules.v4', '') + self.text.get('rules.v6', '')
        return bool(re.search(r'-[jg] (LOG|TRACE)\b', rules) or
                    '--helper' in rules or 'log_invalid' in self.text.get('sysctl.conf', ''))


def number(release):
    """6.12.3-x as (6, 12)."""
    return tuple(int(part) for part in re.split(r'[.+-]', release)[:2])


def mac(index, end):
    """The address of the k-th interface (end 'router') or of all that is behind it (end 'wire')."""
    return f'02:00:00:00:{index:02x}:' + {'router': '01', 'wire': 'fe'}[end]


def write_text(path, text):
    """Writes a result where it is not empty, and takes away an older one where it is."""
    if text:
        with open(path, 'w') as f:
            f.write(text)
    elif os.path.exists(path):
        os.remove(path)


def write_results(folder, result):
    """result: 'texts' {name: text}, 'steps' [(dev, n, stamp, [(dev, bytes)])], 'links' {dev: linktype}."""
    if os.path.isdir(folder):
        shutil.rmtree(folder)
    os.makedirs(folder)
    for name, text in result['texts'].items():
        write_text(os.path.join(folder, name), text)
    captures, lines = {}, []
    for dev, n, stamp, out in result['steps']:
        for where, data in out:
            captures.setdefault(where, []).append((stamp, data))
        lines.append(json.dumps({'in': dev, 'n': n, 'out': [[w, d.hex()] for w, d in out]}))
    for dev, records in captures.items():
        pcapio.write(os.path.join(folder, dev + '.pcap'),
                     result['links'].get(dev, pcapio.ETHERNET), records)
    write_text(os.path.join(folder, 'steps'), ''.join(line + '\n' for line in lines))
