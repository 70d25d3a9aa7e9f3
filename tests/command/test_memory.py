# SPDX-License-Identifier: MIT
"""Makes every allocation of the command and the library fail in turn. Failures must be reported, and leave no files.

With sanitizers, where an attempt takes ten times as long, the places are a sample after the first FEW_PLACES, unless MIM_FAULTS is
"full".
"""

import itertools
import os
import signal
import socket
import subprocess
import tempfile

import tap
from command import PATIENCE, TESTCARD, CommandCase, text

FAILING = os.environ['MIM_FAILING']
FEW = ('--frames', '0:3')
FEW_PLACES, STEP = 40, 6
SAMPLED = os.environ['MIM_SANITIZED'] == 'yes' and os.environ.get('MIM_FAULTS') != 'full'


def places(for_ever):
    """The allocations to fail. The samples for one failure and for ever lie between each other."""
    return itertools.chain(range(FEW_PLACES), itertools.count(FEW_PLACES + for_ever * STEP // 2, STEP)) if SAMPLED else itertools.count()


class Server:
    """The command, loaded once. Each attempt is a process that the server forks."""

    def __init__(self, args, folder, env):
        self.socket, other = socket.socketpair()
        self.socket.settimeout(PATIENCE)
        self.out, self.err = (tempfile.TemporaryFile(buffering=0) for _ in range(2))
        with other:
            self.process = subprocess.Popen([FAILING, *args], env={**env, 'MIM_TEST_SERVER': str(other.fileno())}, cwd=folder,
                                            pass_fds=[other.fileno()], stdin=subprocess.DEVNULL, stdout=self.out,
                                            stderr=self.err, start_new_session=True)

    def attempt(self, place, for_ever):
        """Run with the allocation number `place` failing. Return (whether it was reached, the finished process)."""
        for file in (self.out, self.err):
            file.seek(0) # of the processes too, which share the position
            file.truncate()
        self.socket.sendall(f'{place} {int(for_ever)}'.encode())
        answer = b''
        while not answer.endswith(b'\n'):
            answer += (more := self.socket.recv(64))
            if not more:
                raise AssertionError(f'the server ended with {self.process.wait()}: {text(contents(self.err))}')
        code = int(answer.lstrip(b'x'))
        return answer.startswith(b'x'), subprocess.CompletedProcess((), code, contents(self.out), contents(self.err))

    def close(self):
        self.socket.close()
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL) # and what hangs
        self.process.wait()
        self.out.close()
        self.err.close()


def contents(file):
    file.seek(0)
    return file.read()


class Memory(CommandCase):
    def try_all(self, *args, output=None):
        """Fail allocations, once or with all that follow, until the run ends before the place is reached."""
        wanted = self.run_mim(*args)
        self.assertEqual(wanted.returncode, 0, text(wanted.stderr))
        written = self.take(output)
        server = Server(args, self.folder, self.environment())
        self.addCleanup(server.close)
        for for_ever in (False, True):
            with self.subTest(' '.join(args[:2]), for_ever=for_ever):
                for place in places(for_ever):
                    reached, done = server.attempt(place, for_ever)
                    what = f'allocation {place}, exit {done.returncode}: {text(done.stderr)}'
                    self.assertIn(done.returncode, (0, 5), what)
                    if done.returncode == 0: # not essential, or not reached
                        self.assertTrue((done.stdout, self.take(output)) == (wanted.stdout, written), "another result: " + what)
                    else:
                        self.assertTrue(done.stderr.startswith(b'mim: '), what)
                        self.assertTrue(reached, what)
                    self.assertNothingBeside('a.gif')
                    if not reached:
                        break
                self.assertGreater(place, 20)

    def take(self, name):
        """Return the content of an output, and remove it."""
        if name is None or not os.path.exists(self.path(name)):
            return None
        content = self.get(name)
        os.remove(self.path(name))
        return content

    def setUp(self):
        super().setUp()
        os.symlink(TESTCARD, self.path('a.gif'))

    def test_may_fail_in_info_text(self):
        self.try_all('info', '--each', 'a.gif')

    def test_may_fail_in_info_json(self):
        self.try_all('info', '--json', '--each', 'a.gif')

    def test_may_fail_in_formats(self):
        self.try_all('formats')

    def test_may_fail_in_plugins(self):
        self.try_all('plugins')

    def test_may_fail_in_explain(self):
        self.try_all('explain', 'a.gif')

    def test_may_fail_in_help(self):
        self.try_all('help', 'gif')

    def test_may_fail_in_conversion_to_raw(self):
        self.try_all('convert', 'a.gif', 'b.raw', *FEW, '--threads', '1', output='b.raw')

    def test_may_fail_in_conversion_to_gif(self):
        self.try_all('convert', 'a.gif', 'b.gif', '--duration', '0.1,0.2,0.3', *FEW, '--threads', '1', output='b.gif')

    def test_may_fail_in_batch(self):
        few = (*FEW, '--to', 'raw', '--name', 'b', '-d', '.', '-q')
        self.try_all('batch', 'a.gif', *few, '-j', '1', '--threads', '1', output='b.raw')

    def test_may_fail_in_threads(self):
        self.try_all('convert', 'a.gif', 'b.raw', *FEW, '--threads', '2', output='b.raw')


tap.main()
