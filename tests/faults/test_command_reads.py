# SPDX-License-Identifier: MIT
"""Makes every read of the input fail in turn: mim exits with 6, never succeeds with fewer frames, and writes nothing."""

import errno
import os

import tap
from faults import INPUT_FAILED, FaultCase, sample

ONE_THREAD = ['--threads', '1']  # with more threads, the number of reads varies


class CommandReads(FaultCase):
    def every_read(self, args, check, **fault):
        wanted = self.mim(*args, call='read', at=-1)
        self.assertGreater(wanted.report.seen, 0)
        for at in sample(wanted.report.seen, 12):
            done = self.run_mim(*args, call='read', at=at, **fault)
            what = f'mim {" ".join(args)}: read {at} of {wanted.report.seen}: exit {done.returncode}: {done.errors}'
            check(done, wanted, what)

    def fails(self, done, wanted, what):
        self.assertEqual(done.returncode, INPUT_FAILED, what)
        self.assertIn('Input/output error', done.errors, what)

    def is_the_same(self, done, wanted, what):
        self.assertEqual((done.returncode, done.stdout), (0, wanted.stdout), what)

    def is_told_or_the_same(self, done, wanted, what):
        if done.returncode == 0:
            self.is_the_same(done, wanted, what)
        else:
            self.assertEqual(done.returncode, INPUT_FAILED, what)

    def every_input(self, check, **fault):
        for name in self.inputs('.gif', '.tif', '.raw'):
            with self.subTest(name):
                self.every_read(['convert', *self.shape(name), name, '-', '--to', 'raw', *ONE_THREAD], check, **fault)

    def test_an_error_is_never_fewer_frames(self):
        self.every_input(self.fails, kind='error', errno=errno.EIO)

    def test_an_interrupted_read_is_retried(self):
        self.every_input(self.is_the_same, kind='error', errno=errno.EINTR)

    def test_a_short_read_is_not_the_end(self):
        self.every_input(self.is_the_same, kind='short')

    def test_a_premature_end_is_reported(self):
        self.every_input(self.is_told_or_the_same, kind='end')

    def test_info_reports_an_error(self):
        for name in self.inputs('.gif', '.tif', '.raw'):
            with self.subTest(name):
                self.every_read(['info', '--each', *self.shape(name), name], self.fails, kind='error', errno=errno.EIO)

    def test_nothing_is_written(self):
        before = sorted(os.listdir(self.folder))
        for name in self.inputs('.gif', '.tif'):
            for output, form in ('new.gif', 'gif'), ('new.tif', 'tiff'):
                with self.subTest(f'{name} to {form}'):
                    seen = self.mim('convert', name, '-', '--to', form, *ONE_THREAD, call='read', at=-1).report.seen
                    done = self.run_mim('convert', name, output, *ONE_THREAD, call='read', at=seen - 1, kind='error',
                                        errno=errno.EIO, for_ever=1)
                    self.assertEqual(done.returncode, INPUT_FAILED, done.errors)
                    self.assertEqual(sorted(os.listdir(self.folder)), before)


tap.main()
