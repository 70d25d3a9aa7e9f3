# SPDX-License-Identifier: MIT
"""A series whose process is killed: the next run in the same place completes or undoes it, and leaves nothing hidden."""

import errno
import fcntl
import os
import shutil
import signal
import time

import tap
from faults import OUTPUT_FAILED, FaultCase, sample

OLD = b'what was here before'
CALLS = ('open', 'write', 'close', 'rename', 'link')


class CommandSeries(FaultCase):
    """Frames of a GIF as out/0.png, out/1.png and so on."""

    def convert(self, *options, **faults):
        return self.run_mim('convert', 'animated.gif', *options, 'out/%d.png', **faults)

    def prepare(self, old):
        """Old files of the given numbers, and no others."""
        shutil.rmtree(self.path('out'), ignore_errors=True)
        os.mkdir(self.path('out'))
        for i in old:
            self.put(f'out/{i}.png', OLD)

    def files(self):
        return {name: self.get('out/' + name) for name in os.listdir(self.path('out'))}

    def whole(self):
        self.prepare([])
        done = self.convert('-q')
        self.assertEqual(done.returncode, 0, done.errors)
        return self.files()

    def hidden(self):
        return [name for name in os.listdir(self.path('out')) if name.startswith('.')]

    def old_files(self, old):
        return {f'{i}.png': OLD for i in old}

    def killed(self, old):
        """Kill mim at each call of each kind, from the same start."""
        for call in CALLS:
            self.prepare(old)
            seen = self.convert('--force', call=call, kind='kill', at=-1).report.seen
            for at in sample(seen, 12):
                self.prepare(old)
                done = self.convert('--force', call=call, kind='kill', at=at)
                self.assertEqual(done.returncode, -signal.SIGKILL, done.errors)
                yield f'{call} {at} of {seen}, old files {old}'

    def test_a_killed_series_is_whole_or_untouched_after_the_next_run(self):
        whole = self.whole()
        self.assertGreater(len(whole), 2)
        for old in [], range(len(whole)), [1]:
            for what in self.killed(old):
                with self.subTest(what):
                    # without --force the run fails where files are, but first it mends what it finds
                    done = self.convert('-q')
                    there = self.files()
                    if done.returncode == 0:
                        self.assertEqual(there, whole)
                    else:
                        self.assertEqual(done.returncode, OUTPUT_FAILED, done.errors)
                        self.assertIn(there, (whole, self.old_files(old)), done.errors)
                    self.assertEqual(self.hidden(), [])

    def test_a_run_with_force_replaces_what_a_killed_one_left(self):
        whole = self.whole()
        for what in self.killed(range(len(whole))):
            with self.subTest(what):
                done = self.convert('-q', '--force')
                self.assertEqual((done.returncode, self.files()), (0, whole), done.errors)

    def test_completing_is_told(self):
        whole = self.whole()
        self.prepare(range(len(whole)))
        seen = self.convert('--force', call='rename', kind='kill', at=-1).report.seen
        self.prepare(range(len(whole)))
        self.convert('--force', call='rename', kind='kill', at=seen - 1)
        done = self.convert()
        self.assertEqual(done.returncode, OUTPUT_FAILED)
        self.assertIn('exists already; a series that a killed process had begun to replace is completed', done.errors)
        self.assertEqual(self.files(), whole)

    def test_a_rename_that_fails_takes_all_files_back(self):
        whole = self.whole()
        old = self.old_files(range(len(whole)))
        self.prepare(range(len(whole)))
        done = self.convert('--force', call='rename', kind='error', errno=errno.EIO, at=2)
        self.assertEqual((done.returncode, self.files()), (OUTPUT_FAILED, old), done.errors)

    def test_roll_back_of_new_files_does_without_rename(self):
        self.prepare([])
        done = self.convert(call='rename', kind='error', errno=errno.EIO, at=2, for_ever=1)
        self.assertEqual((done.returncode, self.files()), (OUTPUT_FAILED, {}), done.errors)

    def test_old_files_that_cannot_get_back_are_kept_for_the_next_run(self):
        whole = self.whole()
        self.prepare(range(len(whole)))
        done = self.convert('--force', call='rename', kind='error', errno=errno.EIO, at=2, for_ever=1)
        self.assertEqual(done.returncode, OUTPUT_FAILED)
        self.assertIn('; old files are in ', done.errors)
        self.assertEqual(len(self.hidden()), 1)
        self.assertEqual(self.convert().returncode, OUTPUT_FAILED)
        self.assertEqual(self.files(), self.old_files(range(len(whole))))

    def test_the_directory_of_a_living_process_stays(self):
        self.prepare([])
        self.convert(call='rename', kind='kill', at=1)
        kept = self.hidden()
        self.assertEqual(len(kept), 1)
        with open(self.path(f'out/{kept[0]}/.lock'), 'rb') as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.assertEqual(self.convert('-q', '--force').returncode, 0)
            self.assertEqual(self.hidden(), kept)
        self.assertEqual(self.convert('-q', '--force').returncode, 0)
        self.assertEqual(self.hidden(), [])

    def test_directories_of_others_go_after_seven_days(self):
        self.prepare([])
        for days, stays in ((6, True), (8, False)):
            os.mkdir(self.path('out/.x%d.png.mim-00000a'), 0o700)
            self.put('out/.x%d.png.mim-00000a/.lock', b'another-host 0')
            self.put('out/.x%d.png.mim-00000a/0.png', b'x')
            then = time.time() - days * 86400
            os.utime(self.path('out/.x%d.png.mim-00000a'), (then, then))
            done = self.convert('--force')
            self.assertEqual(done.returncode, 0, done.errors)
            self.assertEqual(bool(self.hidden()), stays)
            self.assertEqual('more than 7 days ago are removed' in done.errors, not stays)
            shutil.rmtree(self.path('out/.x%d.png.mim-00000a'), ignore_errors=True)


tap.main()
