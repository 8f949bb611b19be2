"""Replays the recorded inputs of cases against the machine's kernel."""
import os
import sys
import traceback

from . import bind
from .case import Case, write_results
from .kernel import SetupError
from .session import Session, log_all_netns

DECLARE = '''name: {name}
batch: yes
kernel: {release}
'''


def replay(folder, out, nft=False):
    """One case, in this process."""
    case = Case(folder)
    session = Session(case, nft)
    try:
        ports = bind.Ports(folder)
        for n, (stamp, dev, data) in enumerate(case.inputs):
            ports.learn(n, session.send(stamp, dev, ports.apply(dev, data)))
        write_results(out, session.results())
    finally:
        session.close()


def in_child(work, *arguments):
    """Runs work in a process of its own, so that no case sees what another left; '' or what went wrong."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        problem = ''
        try:
            work(*arguments)
        except SetupError as error:
            problem = str(error)
        except BaseException:
            problem = traceback.format_exc()
        with os.fdopen(writer, 'w') as f:
            f.write(problem)
        os._exit(1 if problem else 0)
    os.close(writer)
    with os.fdopen(reader) as f:
        problem = f.read()
    status = os.waitpid(pid, 0)[1]
    return problem or (f'ended with status {status}' if status else '')


def pin(worker):
    """One CPU for a worker: the markers of kernel.py rely on it."""
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpus[worker % len(cpus)]})


def main(arguments, name, nft):
    if arguments == ['--declare']:
        print(DECLARE.format(name=name, release=os.uname().release), end='')
        if nft:
            print('unobserved: rules.v4 rules.v6')
        return 0
    if os.getuid():
        print(f'{name}: needs root: it makes network namespaces', file=sys.stderr)
        return 2
    log_all_netns()
    if arguments == ['--batch']:
        pin(os.getpid())
        for line in sys.stdin:
            folder, out = line.rstrip('\n').split('\t')
            problem = in_child(replay, folder, out, nft)
            print(folder, problem.strip().replace('\n', ' | ') or 'ok', sep='\t', flush=True)
        return 0
    if len(arguments) != 2:
        print(f'usage: {name} CASE OUT | --batch | --declare', file=sys.stderr)
        return 2
    pin(os.getpid())
    problem = in_child(replay, arguments[0], arguments[1], nft)
    if problem:
        print(f'{name}: {problem}', file=sys.stderr)
    return 1 if problem else 0
