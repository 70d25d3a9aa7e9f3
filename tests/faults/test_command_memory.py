# SPDX-License-Identifier: MIT
"""Makes every allocation of the command's process fail in turn, including those of libtiff, libltdl and the C library."""

import os
import subprocess
from unittest import mock

import tap
from faults import NO_MEMORY, PATIENCE, FaultCase, sample


# The dynamic loader exits when it has no memory for the unique symbols of libstdc++, which libtiff depends on. mim cannot
# prevent that.
LOADER_GAVE_UP = (127, 'out of memory\n')


class CommandMemory(FaultCase):
    def check(self, done, wanted, what):
        if (done.returncode, done.errors) == LOADER_GAVE_UP and 'tif' in what:
            return
        if done.returncode == 0:  # the allocation was not essential
            self.assertEqual(done.stdout, wanted.stdout, what)
        else:
            self.assertEqual(done.returncode, NO_MEMORY, what)
            self.assertIn('memory', done.errors, what)

    def try_places(self, *args, most=25):
        wanted = self.mim(*args)
        places = wanted.report.calls
        self.assertGreater(places, 0)
        for for_ever in (None, 1):
            with self.subTest(' '.join(args), for_ever=bool(for_ever)):
                for place in sample(places, most):
                    done = self.run_mim(*args, memory_at=place, for_ever=for_ever)
                    self.check(done, wanted, f'{args}: allocation {place}, exit {done.returncode}: {done.errors}')

    def test_may_fail_in_info(self):
        self.try_places('info', '--json', '--each', 'animated.gif')
        self.try_places('info', '--each', 'strips-lzw.tif')  # libtiff only decodes this file
        self.try_places('info', *self.shape('samples.raw'), 'samples.raw')

    def test_may_fail_in_lists(self):
        for words in ('formats', 'plugins', 'plugins gif', 'explain animated.gif', 'help', 'help gif'):
            self.try_places(*words.split())

    def test_may_fail_in_conversions(self):
        self.try_places('convert', 'by-hand.gif', '-', '--to', 'raw')
        self.try_places('convert', 'by-hand.gif', '-', '--to', 'gif', '--threads', '1')
        for target in ('raw', 'gif', 'tiff'):
            self.try_places('convert', *self.shape('samples.raw'), 'samples.raw', '-', '--to', target, '--quiet')

    def test_blames_no_file_for_a_lack_of_descriptors(self):
        self.assertEqual(self.run_alone(os.environ['MIM'], 'convert', '-q', 'animated.gif', 'a.mp4').returncode, 0)
        for name in ('animated.gif', 'animated.png', 'strips-lzw.tif', 'a.mp4'):
            self.assertEqual(self.limited(name, 64).returncode, 0)
            for files in range(3, 12):
                done = self.limited(name, files)
                if done.returncode != 127:  # the dynamic loader found no descriptor
                    self.assertIn(done.returncode, (0, NO_MEMORY), f'{name}, {files} descriptors: {done.stderr}')
                    self.assertIn(b'Too many open files' if done.returncode else b'', done.stderr)

    def limited(self, name, files):
        return self.run_alone('prlimit', f'--nofile={files}', os.environ['MIM'], 'convert', '-q', name, '-', '--to', 'raw')

    def run_alone(self, *command):
        """Run without the shim, behind which the leak checker does not find the thread-local blocks of FFmpeg's libraries."""
        env = self.environment({})
        del env['LD_PRELOAD']
        return subprocess.run(command, env=env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=PATIENCE)

    def test_loses_no_picture_of_a_video(self):
        """Decoders drop pictures without memory. Begins behind the loading of FFmpeg, some of whose libraries abort; FFmpeg also leaks."""
        self.enterContext(mock.patch.dict(os.environ, ASAN_OPTIONS=os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0'))
        frames = 8
        shape = ['--from', 'raw', '-i', 'width=64', '-i', 'height=48', '-i', 'channels=3']
        self.put('noise.raw', bytes((i * i >> 7) % 251 for i in range(64 * 48 * 3 * frames)))
        for target, counts in {'a.mp4': '12', 'a.webm': '1', 'a.avi': '1'}.items():  # VP9 hangs with two threads in FFmpeg 5.1
            self.mim('convert', 'noise.raw', target, *shape)
            start = self.mim('help', target[2:]).report.calls
            for threads in counts:
                args = ('convert', '-q', target, '-', '--to', 'raw', '--threads', threads)
                wanted = self.mim(*args)
                for place in sample(wanted.report.calls - start, 40):
                    done = self.run_mim(*args, memory_at=start + place)
                    what = f'{args}: allocation {start + place}, exit {done.returncode}: {done.errors}'
                    if done.returncode == 0:
                        self.assertEqual(len(done.stdout), len(wanted.stdout), what)
                    elif done.returncode >= 0 and 'DEADLYSIGNAL' not in done.errors:  # FFmpeg 5.1 may crash
                        self.assertEqual(done.returncode, NO_MEMORY, what)


tap.main()
