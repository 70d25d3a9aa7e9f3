#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The mission page's lines that read videos, in C (video-mission.c, named by VIDEO_MISSION) and by the command."""

import atexit
import functools
import os
import shutil
import subprocess
import tempfile

import numpy as np
from PIL import Image

import tap
from peers import PATIENCE, SANITIZED, mim_program, text, tool
from videopeers import FrameCase, expected_frames

WIDTH, HEIGHT, FRAMES = 640, 360, 400
FRAME = WIDTH * HEIGHT * 3
BYTES = FRAME * FRAMES  # more than the default budget of 256 MB


@functools.lru_cache(maxsize=None)
def long_video():
    """Made once for all cases."""
    folder = tempfile.mkdtemp(prefix='peers-', dir=os.environ.get('MIM_TEST_SCRATCH'))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = os.path.join(folder, 'long.mp4')
    subprocess.run([tool('ffmpeg'), '-v', 'error', '-f', 'lavfi', '-i', f'testsrc2=s={WIDTH}x{HEIGHT}:r=30', '-frames:v',
                    str(FRAMES), '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', path], check=True)
    return path


class VideoMission(FrameCase):
    def setUp(self):
        super().setUp()
        self.long = long_video()

    def peak_mb(self, *args):
        """Peak residence of mim."""
        with tempfile.TemporaryFile() as out:
            mim = subprocess.Popen([mim_program(), *map(str, args)], stdout=subprocess.DEVNULL, stderr=out,
                                   env=self.environment())
            _, status, usage = os.wait4(mim.pid, 0)
            mim.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            self.assertEqual(mim.returncode, 0, text(out.read()))
        return usage.ru_maxrss / 1024

    def frames(self, first, last):
        return expected_frames(self.long, 'rgb24', '-vf', f'select=between(n\\,{first}\\,{last})')

    def test_the_lines_in_c(self):
        done = subprocess.run([os.environ['VIDEO_MISSION'], self.long, str(BYTES)], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.environment(), timeout=PATIENCE)
        self.assertEqual((text(done.stdout), text(done.stderr), done.returncode), ('ok\n', '', 0))

    def test_what_is_in_it(self):
        facts = self.info(self.long, '--count')
        self.assertEqual((facts['frames'], facts['width'], facts['height'], facts['channels'], facts['fps']),
                         (FRAMES, WIDTH, HEIGHT, 3, 30))
        self.assertAlmostEqual(facts['duration'], FRAMES / 30, 3)

    def test_the_first_101_frames(self):
        got = self.mim('convert', '-q', self.long, '-', '--to', 'raw', '--frames', '0:101')
        self.assertEqual(len(got), 101 * FRAME)
        for first in range(0, 101, 20):
            last = min(first + 19, 100)
            self.assertSameBytes(got[first * FRAME:(last + 1) * FRAME], self.frames(first, last), FRAME, f'from {first}')

    def test_some_frames_from_the_middle_and_the_end(self):
        got = self.mim('convert', '-q', self.long, '-', '--to', 'raw', '--frames', '200,-1,30')
        for i, number in enumerate((200, FRAMES - 1, 30)):
            self.assertSameBytes(got[i * FRAME:(i + 1) * FRAME], self.frames(number, number), FRAME, f'frame {number}')

    def test_other_frame_rates(self):
        for fps in (20, 30, 60):
            facts = self.info(self.long, '-i', f'fps={fps}', '--count')
            self.assertEqual((facts['frames'], facts['fps']), (round(FRAMES * fps / 30), fps))

    def test_to_a_gif_of_ten_frames_a_second(self):
        self.mim('convert', '-q', self.long, self.path('out.gif'), '--frames', '0:20', '--duration', '0.1', '-o',
                 'quantizer=wu')
        expected = np.frombuffer(self.frames(0, 19), np.uint8).reshape(-1, HEIGHT, WIDTH, 3)
        with Image.open(self.path('out.gif')) as gif:
            self.assertEqual((gif.n_frames, gif.size, gif.info['duration']), (20, (WIDTH, HEIGHT), 100))
            for i in range(20):
                gif.seek(i)
                error = np.abs(np.asarray(gif.convert('RGB'), int) - expected[i])
                self.assertLess(error.mean(), 4, f'frame {i}')

    def test_one_frame_by_number_costs_no_more_than_its_group(self):
        path = self.path('groups.mp4')
        self.run_tool('ffmpeg', '-v', 'error', '-i', self.long, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '20', path)

        def seconds(*args):
            start = os.times()
            self.mim('convert', '-q', path, '-', '--to', 'raw', '--threads', '1', *args)
            end = os.times()
            return end.children_user + end.children_system - start.children_user - start.children_system

        everything = min(seconds() for _ in range(2))
        last = min(seconds('--frames', FRAMES - 3) for _ in range(3))
        self.assertLess(last, everything / (1.5 if SANITIZED else 3))

    def test_memory_does_not_grow_with_the_number_of_frames(self):
        peaks = []
        for frames in (500, 10000):
            path = self.path(f'{frames}.mkv')
            self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=100', '-frames:v', frames, '-c:v',
                          'mpeg4', '-bf', '2', path)
            peaks.append(self.peak_mb('convert', '-q', path, self.path('out.avi'), '--force', '--threads', '2'))
        self.assertPeakBelow(peaks[1], peaks[0] + 12, peaks)


if __name__ == '__main__':
    tap.main()
