# SPDX-License-Identifier: MIT
"""Tests of the whole process: its memory in a long job, and being killed at any time."""

import os
import random
import signal
import struct
import subprocess
import time
import zlib

import tap
from faults import FULL, INTERRUPTED, OUTPUT_FAILED, PATIENCE, FaultCase

MIB = 1 << 20
CEILING = 64 * MIB + 20 * MIB
SANITIZED = os.environ['MIM_FAULT_SANITIZED'] == 'yes'  # sanitizers need more memory


def stack(pages, width, height):
    """Make a TIFF of gray pages that share a deflated strip."""
    strip = zlib.compress(bytes(i * 31 % 251 for i in range(width)) * height, 6)
    entries = [(256, 4, width), (257, 4, height), (258, 3, 8), (259, 3, 8), (262, 3, 1), (273, 4, 8), (277, 3, 1),
               (278, 4, height), (279, 4, len(strip))]
    size = 2 + 12 * len(entries) + 4
    start = 8 + len(strip) + len(strip) % 2
    out = [b'II*\0', struct.pack('<I', start), strip, b'\0' * (len(strip) % 2)]
    for page in range(pages):
        out.append(struct.pack('<H', len(entries)))
        out += [struct.pack('<HHII', tag, kind, 1, value) for tag, kind, value in entries]
        out.append(struct.pack('<I', start + (page + 1) * size if page + 1 < pages else 0))
    return b''.join(out)


class Process(FaultCase):
    def resident(self, *args):
        """Return the peak resident memory of a run without the shim."""
        env = self.environment({})
        del env['LD_PRELOAD']
        child = subprocess.Popen([os.environ['MIM'], *args], env=env, cwd=self.folder, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE)
        printed = child.stderr.read()
        _pid, state, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(state)
        self.assertEqual(child.returncode, 0, printed)
        child.stderr.close()
        return usage.ru_maxrss * 1024

    def test_a_long_stack_stays_within_the_working_memory(self):
        self.put('stack.tif', stack(2000, 1024, 1024))
        for threads in ('1', '2', '8'):
            args = ('convert', 'stack.tif', '/dev/null', '--to', 'raw', '--threads', threads)
            with self.subTest(f'asked for, {threads} threads'):
                self.assertLess(self.mim(*args).report.peak, CEILING)
            if not SANITIZED and threads != '8':  # malloc() caches freed memory per thread
                with self.subTest(f'resident, {threads} threads'):
                    self.assertLess(self.resident(*args), CEILING)

    def test_a_long_stack_becomes_a_gif_within_the_working_memory(self):
        self.put('stack.tif', stack(2000 if FULL else 100, 1024, 1024))
        done = self.mim('convert', 'stack.tif', 'stack.gif', '--quiet')
        self.assertLess(done.report.peak, CEILING)

    def interrupt(self, number, output, wait):
        """Start a conversion of about a second, and kill it after `wait` seconds."""
        args = [os.environ['MIM'], 'convert', 'stack.tif', '--force', '--quiet', output]
        child = subprocess.Popen(args, env=self.environment({}), cwd=self.folder, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE)
        time.sleep(wait)
        child.send_signal(number)
        _out, printed = child.communicate(timeout=PATIENCE)
        return child.returncode, printed.decode('utf-8', 'replace')

    def end_at_random(self, number, code):
        self.put('stack.tif', stack(24, 1024, 1024))
        names = sorted(os.listdir(self.folder))
        for output in ('out.raw', 'out.gif', 'out.tif'):
            with self.subTest(output):
                for name in set(os.listdir(self.folder)) - set(names):
                    os.remove(self.path(name))
                start = time.monotonic()
                self.mim('convert', 'stack.tif', output, '--quiet')
                takes = time.monotonic() - start
                whole = self.get(output)
                numbers, died = random.Random(5), 0
                waits = [0, *(numbers.uniform(0, 1.1 * takes) for _ in range(99 if FULL else 11))]
                for wait in waits:
                    self.put(output, b'old')
                    got, printed = self.interrupt(number, output, wait)
                    died += got != 0
                    self.assertIn(got, (0, code, -number), printed)  # before main() the signal kills the process
                    self.assertIn(self.get(output), (b'old', whole), printed)
                    if got == 0:
                        self.assertEqual(self.get(output), whole, printed)
                    self.assertEqual(sorted(os.listdir(self.folder)), sorted([*names, output]), printed)
                self.assertGreater(died, 0)

    def test_sigkill_at_any_time_leaves_the_old_file_or_the_new(self):
        self.end_at_random(signal.SIGKILL, -signal.SIGKILL)

    def test_sigint_at_any_time_leaves_the_old_file_or_the_new(self):
        self.end_at_random(signal.SIGINT, INTERRUPTED)

    def test_a_small_disk_that_fills_up_keeps_the_old_file(self):
        """Simulate the full disk by a limit of one megabyte on the file, which the output exceeds."""
        self.put('stack.tif', stack(4, 1024, 1024))
        self.put('out.raw', b'old')
        names = sorted(os.listdir(self.folder))
        args = ['prlimit', f'--fsize={MIB}', os.environ['MIM'], 'convert', 'stack.tif', '--force', 'out.raw']
        done = subprocess.run(args, env=self.environment({}), cwd=self.folder, capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, OUTPUT_FAILED, done.stderr)
        self.assertEqual(self.get('out.raw'), b'old')
        self.assertEqual(sorted(os.listdir(self.folder)), names)


tap.main()
