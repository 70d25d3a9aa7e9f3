#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Damaged videos against the ffmpeg command."""

import json

import numpy as np

import tap
from peers import text
from videopeers import MATRIX, VideoCase


class VideoDamage(VideoCase):
    """Files that are cut or changed give the frames that the command gives, and say that they are damaged."""

    SAYS_ITS_END = ('faststart.mp4', 'fragments.mp4', 'h264.mkv', 'vp8.webm', 'h264.avi', 'xvid-b.avi', 'wmv2.wmv',
                    'theora.ogv', 'h264.ts', 'flv1.flv')
    OTHERS = ('mpeg2.mpg', 'mpeg1.mpg', 'h264.h264', 'hevc.hevc')

    def compare(self, name, data, codes):
        path = self.put('damaged.' + name.split('.')[1], data)
        said = {'mpg': 'mpeg'}.get(name.split('.')[1], name.split('.')[1])
        done = self.run_mim('convert', '-q', '--partial', '--threads', '1', '--from', said, path, '-', '--to', 'raw')
        self.assertIn(done.returncode, codes, text(done.stderr)[-400:])
        expected = self.expected(path, before=['-threads', '1'], ok=False)
        self.assertSameBytes(done.stdout, expected, 96 * 64 * 3, name)
        return done.returncode

    def test_cut_files_give_their_frames_and_are_truncated(self):
        for name in self.SAYS_ITS_END + self.OTHERS:
            with open(self.make(name, *MATRIX[name]), 'rb') as file:
                data = file.read()
            for size in (len(data) // 4, len(data) // 2, len(data) * 3 // 4, len(data) - 1):
                with self.subTest(f'{name} cut to {size} of {len(data)}'):
                    self.compare(name, data[:size], [6] if name in self.SAYS_ITS_END else [0, 6])

    def test_ogg_that_ends_inside_the_last_page_of_its_sound_has_all_frames(self):
        path = self.make('sound.ogv', 'testsrc2=s=96x64:r=10:d=1', '-f lavfi -i sine=d=1.2 -c:v libtheora -c:a libvorbis')
        with open(path, 'rb') as file:
            data = file.read()
        pages = [(at, int.from_bytes(data[at + 14:at + 18], 'little')) for at in range(len(data)) if data[at:at + 5] == b'OggS\0']
        picture = max(at for at, stream in pages if stream == pages[0][1])
        sound = min(at for at, _ in pages if at > picture)
        for size, code in ((len(data) - 1, 0), (pages[-1][0] + 100, 0), (sound, 0), (sound - 1, 6), (picture, 6)):
            with self.subTest(f'{size} of {len(data)}'):
                self.assertEqual(self.compare('sound.ogv', data[:size], [code]), code)
        cut, out = self.put('cut.ogv', data[:-1]), self.path('out.mkv')
        done = self.run_mim('convert', cut, out)
        self.assertIn('sound may be missing', text(done.stderr))
        self.assertEqual(self.run_mim('convert', '-f', '--strict', cut, out).returncode, 6)

    def test_files_that_begin_in_the_middle_are_read_from_there(self):
        for name in ('h264.ts', 'open-gop.ts', 'mpeg2.ts', 'mpeg2.mpg', 'h264.h264'):
            with self.subTest(name):
                with open(self.make(name, *MATRIX[name]), 'rb') as file:
                    data = file.read()
                self.compare(name, data[len(data) // 4 // 188 * 188:], [0])

    def test_changed_bytes_give_what_the_command_makes_of_them(self):
        """Not of mjpeg: what its decoder skips is as it was in memory."""
        random = np.random.default_rng(11)
        for name in self.SAYS_ITS_END + self.OTHERS:
            with open(self.make(name, *MATRIX[name]), 'rb') as file:
                data = file.read()
            for round_ in range(3):
                changed = bytearray(data)
                for _ in range(3):
                    changed[random.integers(len(data) // 3, len(data))] ^= 1 << random.integers(8)
                with self.subTest(f'{name} changed {round_}'):
                    self.compare(name, changed, [0, 6])

    def test_damage_is_an_error_unless_partial(self):
        with open(self.make('in.mkv', *MATRIX['h264.mkv']), 'rb') as file:
            data = file.read()
        path = self.put('cut.mkv', data[:len(data) // 2])
        said = self.refuse(6, 'convert', path, self.path('out.gif'))
        self.assertIn('ends before', said)
        self.assertNothingBeside('in.mkv', 'cut.mkv')
        answer = json.loads(self.run_mim('info', '--json', '--count', path).stdout)[0]
        self.assertEqual(answer['damage']['status'], 'MIM_TRUNCATED')
        self.assertGreater(answer['frames'], 8)

    def test_heads_that_lie_are_refused_within_their_limits(self):
        """Every byte of a small file's head, changed: an answer or an error, in time, within memory."""
        path = self.make('in.avi', 'testsrc2=s=32x32:r=25:d=0.2', '-c:v mpeg4')
        with open(path, 'rb') as file:
            data = file.read()
        for at in range(0, 320, 5):
            changed = bytearray(data)
            changed[at] ^= 0xff
            path = self.put('changed.avi', changed)
            done = self.run_mim('convert', '-q', '--from', 'avi', path, '-', '--to', 'raw')
            self.assertIn(done.returncode, (0, 5, 6), (at, text(done.stderr)[-300:]))


if __name__ == '__main__':
    tap.main()
