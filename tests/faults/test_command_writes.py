# SPDX-License-Identifier: MIT
"""Makes every write of the output fail in turn: mim exits with 7, keeps the old file, and leaves no other files."""

import errno
import os
import resource
import signal
import subprocess

import tap
from faults import INTERRUPTED, OUTPUT_FAILED, PATIENCE, FaultCase, sample

OLD = b'what was here before'
TARGETS = ('out.raw', 'out.gif', 'out.tif')


class CommandWrites(FaultCase):
    def setUp(self):
        super().setUp()
        self.names = sorted(os.listdir(self.folder))

    def convert(self, output, **faults):
        return self.run_mim('convert', 'strips-lzw.tif', '--force', output, **faults)

    def prepare(self, output, old):
        """Remove the files of earlier runs, and create an old output or none."""
        for name in set(os.listdir(self.folder)) - set(self.names):
            os.remove(self.path(name))
        if old:
            self.put(output, OLD)

    def assert_untouched(self, output, old, what):
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(self.names + [output] * old), what)
        if old:
            self.assertEqual(self.get(output), OLD, what)

    def whole(self, output):
        self.prepare(output, False)
        done = self.convert(output)
        self.assertEqual(done.returncode, 0, done.errors)
        return self.get(output)

    def outcomes(self, output, **fault):
        """Run with each call failing, with an old output and without."""
        for old in (False, True):
            self.prepare(output, old)
            done = self.convert(output, **{**fault, 'at': -1})
            self.assertEqual(done.returncode, 0, done.errors)
            for at in sample(done.report.seen, 20):
                self.prepare(output, old)
                done = self.convert(output, **fault, at=at)
                yield old, done, f'{output} {fault} at {at}, old file: {old}, exit {done.returncode}: {done.errors}'

    def every_call_fails(self, call, kind, number):
        for output in TARGETS:
            with self.subTest(f'{call} {kind} {errno.errorcode.get(number, "")} {output}'):
                tried = 0
                for old, done, what in self.outcomes(output, call=call, kind=kind, errno=number):
                    self.assertEqual(done.returncode, OUTPUT_FAILED, what)
                    self.assertIn(os.strerror(number), done.errors, what)
                    self.assert_untouched(output, old, what)
                    tried += 1
                self.assertGreater(tried, 0)

    def every_call_is_harmless(self, call, kind, number):
        for output in TARGETS:
            with self.subTest(f'{call} {kind} {errno.errorcode.get(number, "")} {output}'):
                whole, tried = self.whole(output), 0
                for _old, done, what in self.outcomes(output, call=call, kind=kind, errno=number):
                    self.assertEqual(done.returncode, 0, what)
                    self.assertEqual(self.get(output), whole, what)
                    self.assertEqual(sorted(os.listdir(self.folder)), sorted(self.names + [output]), what)
                    tried += 1
                self.assertGreater(tried, 0)

    def test_a_full_disk_leaves_the_old_file(self):
        self.every_call_fails('write', 'error', errno.ENOSPC)

    def test_a_broken_disk_leaves_the_old_file(self):
        self.every_call_fails('write', 'error', errno.EIO)

    def test_a_failing_close_is_reported_in_time(self):
        """A failing close is an error until the file appears. Later closes, and those of inputs, do not matter."""
        for output in TARGETS:
            with self.subTest(output):
                whole, failed = self.whole(output), 0
                for old, done, what in self.outcomes(output, call='close', kind='error', errno=errno.EDQUOT):
                    if done.returncode == 0:
                        self.assertEqual(self.get(output), whole, what)
                    else:
                        self.assertEqual(done.returncode, OUTPUT_FAILED, what)
                        self.assert_untouched(output, old, what)
                        failed += 1
                self.assertGreaterEqual(failed, 2)

    def test_a_failing_rename_leaves_the_old_file(self):
        for output in TARGETS:
            with self.subTest(output):
                self.prepare(output, True)
                done = self.convert(output, call='rename', kind='error', errno=errno.EPERM, for_ever=1)
                self.assertEqual(done.returncode, OUTPUT_FAILED, done.errors)
                self.assert_untouched(output, True, done.errors)

    def test_a_short_write_is_continued(self):
        self.every_call_is_harmless('write', 'short', 0)

    def test_an_interrupted_write_is_retried(self):
        self.every_call_is_harmless('write', 'error', errno.EINTR)

    def test_a_forbidden_link_is_not_needed(self):
        for number in (errno.EPERM, errno.ENOENT, errno.EXDEV):
            self.every_call_is_harmless('link', 'error', number)

    def test_an_unnamed_file_is_not_needed(self):
        self.every_call_is_harmless('open', 'error', errno.EOPNOTSUPP)

    def test_a_file_system_without_modes_is_no_failure(self):
        for output in TARGETS:
            with self.subTest(output):
                whole = self.whole(output)
                self.prepare(output, True)
                done = self.convert(output, call='mode', kind='error', errno=errno.EPERM, for_ever=1)
                self.assertEqual(done.returncode, 0, done.errors)
                self.assertGreater(done.report.seen, 0)
                self.assertEqual(self.get(output), whole)

    def test_failing_to_create_a_file_is_reported(self):
        for output in TARGETS:
            with self.subTest(output):
                self.prepare(output, False)
                done = self.convert(output, call='open', kind='error', errno=errno.EDQUOT, for_ever=1)
                self.assertEqual(done.returncode, OUTPUT_FAILED, done.errors)
                self.assert_untouched(output, False, done.errors)

    def test_sigkill_leaves_the_old_file_or_the_new(self):
        for call in ('write', 'close', 'link', 'rename', 'open'):
            for output in TARGETS:
                with self.subTest(f'{call} {output}'):
                    whole = self.whole(output)
                    for old, done, what in self.outcomes(output, call=call, kind='kill'):
                        self.assertEqual(done.returncode, -signal.SIGKILL, what)
                        self.assert_old_or_whole(output, old, whole, what)

    def assert_old_or_whole(self, output, old, whole, what):
        there = os.path.exists(self.path(output))
        beside = sorted(set(os.listdir(self.folder)) - set(self.names) - {output})
        if there:
            self.assertIn(self.get(output), (whole, OLD) if old else (whole,), what)
        else:
            self.assertFalse(old, what)
        if 'rename' in what and old:
            # an unnamed file cannot replace another in one step: complete, it has a temporary name for a moment
            self.assertRegex(' '.join(beside), rf'^\.{output}\.mim-[0-9a-f]{{6}}$', what)
            self.assertEqual(self.get(beside[0]), whole, what)
        else:
            self.assertEqual(beside, [], what)

    def test_sigint_ends_it_and_leaves_the_old_file_or_the_new(self):
        for output in TARGETS:
            with self.subTest(output):
                whole = self.whole(output)
                for old, done, what in self.outcomes(output, call='write', kind='interrupt'):
                    self.assertEqual(done.returncode, INTERRUPTED, what)
                    self.assert_old_or_whole(output, old, whole, what)

    def test_sigint_at_the_first_read_leaves_the_old_file(self):
        for output in TARGETS:
            with self.subTest(output):
                for old in (False, True):
                    self.prepare(output, old)
                    done = self.convert(output, call='read', kind='interrupt', at=0)
                    self.assertEqual(done.returncode, INTERRUPTED, done.errors)
                    self.assert_untouched(output, old, done.errors)

    def test_a_file_size_limit_is_like_a_full_disk(self):
        for output in TARGETS:
            with self.subTest(output):
                self.prepare(output, True)
                args = [os.environ['MIM'], 'convert', 'strips-lzw.tif', '--force', output]
                done = subprocess.run(args, env=self.environment({}), cwd=self.folder, capture_output=True, timeout=PATIENCE,
                                      preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
                self.assertEqual(done.returncode, OUTPUT_FAILED, done.stderr)
                self.assert_untouched(output, True, done.stderr)

    def test_a_full_device_is_reported(self):
        lines = ['convert strips-lzw.tif - --to ' + form for form in ('raw', 'gif', 'tiff')]
        for line in [*lines, 'info animated.gif', 'formats', 'help gif']:
            with self.subTest(line), open('/dev/full', 'wb') as full:
                done = subprocess.run([os.environ['MIM'], *line.split()], env=self.environment({}), cwd=self.folder,
                                      stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE)
                self.assertEqual(done.returncode, OUTPUT_FAILED, done.stderr)


tap.main()
