"""A case put to the kernel packet by packet: the clock, the steps, the kernel log."""
import fcntl
import os
import time

from . import kernel

START_NS = 1_010_000_000      # the virtual clock's first packet
STEP_NS = 1_000_000           # and the time between two of them, unless a script sleeps
KMSG_LOCK = '/tmp/nfref-kmsg.lock'
ALL_NETNS = '/proc/sys/net/netfilter/nf_log_all_netns'


class KernelLog:
    """Lines of LOG and TRACE. The kernel log is one for all namespaces: one case at a time may write
    there, and only what appears while a packet is on its way is taken for that packet's."""

    def __init__(self, wanted):
        self.wanted = wanted
        if wanted:
            self.lock = open(KMSG_LOCK, 'w')
            fcntl.flock(self.lock, fcntl.LOCK_EX)
            self.kmsg = os.open('/dev/kmsg', os.O_RDONLY | os.O_NONBLOCK)
            os.lseek(self.kmsg, 0, os.SEEK_END)
            self.lines = []

    def skip(self):
        """What is there now came from elsewhere."""
        if self.wanted:
            self._read()

    def take(self):
        if self.wanted:
            self.lines += self._read()

    def text(self):
        return ''.join(self.lines) if self.wanted else ''

    def _read(self):
        lines = []
        while True:
            try:
                record = os.read(self.kmsg, 8192).decode(errors='replace')
            except BlockingIOError:
                break
            line = record.split(';', 1)[1].split('\n')[0]
            if 'IN=' in line and 'OUT=' in line:
                lines.append(line + '\n')
        return lines

    def close(self):
        if self.wanted:
            os.close(self.kmsg)
            self.lock.close()


class Session:
    """Opens a router for a case; send() keeps real time from running ahead of the stamps."""

    def __init__(self, case, nft=False):
        self.case = case
        self.log = KernelLog(case.logs())
        self.steps = []
        self.started = None
        self.kernel = kernel.Kernel(case, nft)
        try:
            self.kernel.configure()
        except BaseException:
            self.close()
            raise

    def send(self, stamp, dev, data):
        """One input at its stamp; what leaves by itself before it belongs to the step before."""
        if self.started is None:
            self.started = (time.monotonic_ns(), stamp)
        wait = self.started[0] + stamp - self.started[1] - time.monotonic_ns()
        if wait > 0:
            time.sleep(wait / 1e9)
        self._late()
        self.log.skip()
        out = self.kernel.send(dev, data)
        self.log.take()
        self.steps.append((dev, len(self.steps), stamp, out))
        return out

    def lag_s(self):
        """How far real time has run ahead of the stamps: timeouts that are left are short by as much."""
        if self.started is None:
            return 0
        return (time.monotonic_ns() - self.started[0] - self.steps[-1][2] + self.started[1]) / 1e9

    def _late(self):
        late = self.kernel.collect()
        if late and self.steps:
            self.steps[-1][3].extend(late)

    def results(self):
        self._late()
        texts = self.kernel.tables()
        texts['log'] = self.log.text()
        links = {dev: 101 for dev in self.kernel.tuns}
        links['local'] = 101
        return {'texts': texts, 'steps': self.steps, 'links': links}

    def close(self):
        self.kernel.close()
        self.log.close()


def log_all_netns():
    """Lets LOG of every namespace into the kernel log (a switch of the first namespace only)."""
    try:
        with open(ALL_NETNS, 'r+') as f:
            if f.read().strip() == '0':
                f.seek(0)
                f.write('1\n')
    except OSError:
        pass
