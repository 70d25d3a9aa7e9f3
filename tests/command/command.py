# SPDX-License-Identifier: MIT
"""Common parts of the command's tests: a scratch directory, the program, and hand-made files. Needs only the standard library."""

import json
import os
import pty
import shutil
import signal
import struct
import subprocess
import tempfile
import time
import unittest

DATA = os.environ['MIM_TEST_DATA']
TESTCARD = os.path.join(DATA, 'testcard.gif')  # 12 frames of 0.1 s, 120 x 90, loops for ever

PATIENCE = 600 # seconds after which a process counts as hanging, even on a busy machine

signal.signal(signal.SIGHUP, signal.SIG_DFL)  # ignored under nohup, which child processes inherit


class CommandCase(unittest.TestCase):
    """A test case with an empty directory and a home directory without configuration."""

    maxDiff = 2000

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='command-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, data):
        with open(self.path(name), 'wb') as file:
            file.write(data)
        return self.path(name)

    def get(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    def environment(self, **more):
        env = {key: value for key, value in os.environ.items() if key not in ('NO_COLOR', 'COLUMNS')}
        return {**env, 'HOME': '/nonexistent', 'XDG_CONFIG_HOME': '/nonexistent', 'LC_ALL': 'C.UTF-8', **more}

    def start(self, *args, env=None, **more):
        return subprocess.Popen([os.environ['MIM'], *args], env=self.environment(**(env or {})), cwd=self.folder, **more)

    def run_mim(self, *args, data=b'', env=None, program=os.environ.get('MIM'), **more):
        return subprocess.run([program, *args], env=self.environment(**(env or {})), cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE, input=data, **more)

    def mim(self, *args, **more):
        """Run mim, which must succeed, and return its standard output."""
        done = self.run_mim(*args, **more)
        self.assertEqual(done.returncode, 0, f'mim {" ".join(args)}: {text(done.stderr)}')
        return done.stdout

    def refuse(self, code, *args, **more):
        """Run mim, which must exit with `code`, and return its standard error."""
        done = self.run_mim(*args, **more)
        self.assertEqual(done.returncode, code, f'mim {" ".join(args)}: {text(done.stderr)}')
        return text(done.stderr)

    def info(self, *args, code=0, **more):
        """Return the array of `mim info --json`."""
        done = self.run_mim('info', '--json', *args, **more)
        self.assertEqual(done.returncode, code, text(done.stderr))
        return json.loads(done.stdout)

    def raw(self, *args):
        """Return all samples of an input, packed."""
        return self.mim('convert', *args, '-', '--to', 'raw')

    def assertNothingBeside(self, *names):
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(names))


def open_terminal():
    """Open a pseudo-terminal and return (master, slave). Skips the case if there is none, as in a chroot without /dev/pts."""
    try:
        return pty.openpty()
    except OSError:
        raise unittest.SkipTest('no pseudo-terminal here') from None


def wait_until(condition, what):
    """Wait until a condition is true, however slow the machine is."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f'did not happen: {what}')
        time.sleep(0.01)


def wait_until_blocked(process):
    """Wait until every thread of a process sleeps, which means that the process waits for input or output."""
    seen = []

    def state_of(task):
        with open(f'/proc/{process.pid}/task/{task}/stat', encoding='ascii', errors='replace') as file:
            fields = file.read().rpartition(')')[2].split()
        with open(f'/proc/{process.pid}/task/{task}/status', encoding='ascii', errors='replace') as file:
            return fields[0], [line for line in file if 'ctxt_switches' in line]

    def is_blocked():
        try:
            now = [state_of(task) for task in sorted(os.listdir(f'/proc/{process.pid}/task'))]
        except (FileNotFoundError, ProcessLookupError): # a thread has just ended
            return False
        same = now == seen and all(state == 'S' for state, _ in now)
        seen[:] = now
        return same
    wait_until(is_blocked, 'the process waits')


def text(data):
    return data.decode('utf-8', errors='replace')


def gif(width, height, frames=1, comment=None, delay=10):
    """Make a GIF whose frames are a black pixel in the corner, on a screen of any claimed size."""
    out = [b'GIF89a', struct.pack('<HHBBB', width, height, 0x80, 0, 0), b'\0\0\0\xff\xff\xff']
    if comment is not None:
        out.append(b'\x21\xfe' + bytes([len(comment)]) + comment + b'\0')
    for _ in range(frames):
        out.append(b'\x21\xf9\x04\0' + struct.pack('<H', delay) + b'\0\0')
        out.append(b'\x2c' + struct.pack('<HHHHB', 0, 0, 1, 1, 0) + b'\x02\x02\x44\x01\0')
    return b''.join(out) + b'\x3b'
