# SPDX-License-Identifier: MIT
"""Output depends on the frames and the options, not on threads, dates, locales or paths."""

import hashlib
import os
import re
import subprocess

import tap
from command import CommandCase, text

VIDEOS = ('mp4', 'mov', '3gp', 'mkv', 'webm', 'avi', 'mpeg', 'ts', 'wmv', 'flv', 'ogv', 'mjpeg', 'h264', 'hevc')
OTHERS = ('gif', 'png', 'apng', 'tiff', 'pdf', 'raw')
SMALL, LARGE = (64, 48), (1920, 1080)
SIZES = {'h263': (176, 144), 'libsvtav1': (64, 64)}  # they do not accept 64 x 48
UNSIZED = ('h263',)  # accepts only a few small sizes
SLOW = ('libaom-av1', 'librav1e')  # take seconds for a large frame, whatever their speed, and get only two

QUICK = {
    'libx264': ('preset=veryfast',), 'libx264rgb': ('preset=veryfast',), 'libx265': ('preset=ultrafast',),
    'libvpx': ('codec:deadline=realtime', 'codec:cpu-used=16'), 'libvpx-vp9': ('codec:deadline=realtime', 'codec:cpu-used=8'),
    'libaom-av1': ('codec:cpu-used=8', 'codec:usage=realtime'), 'librav1e': ('codec:speed=10',),
    'libsvtav1': ('preset=12',),
}

ANOTHER_DATE = {'LD_PRELOAD': os.environ['ANOTHER_DATE'],
                'ASAN_OPTIONS': os.environ.get('ASAN_OPTIONS', '') + ':verify_asan_link_order=0'}

# The surroundings of a run: threads, and the rest that must not matter.
RUNS = [
    (1, 'one', {'LC_ALL': 'C', 'TZ': 'UTC', 'SOURCE_DATE_EPOCH': '1'}),
    (2, 'another/place', {'LC_ALL': 'C.UTF-8', 'TZ': 'Pacific/Auckland', **ANOTHER_DATE}),
    (3, 'one', {'LC_ALL': 'de_DE.UTF-8', 'TZ': 'UTC', 'SOURCE_DATE_EPOCH': '1700000000'}),
    (8, 'another/place', {'LC_ALL': 'C', 'TZ': 'America/New_York', **ANOTHER_DATE}),
]


class SameBytes(CommandCase):
    def source(self, size):
        """Write 8 frames of a moving pattern, and return the arguments to read them."""
        width, height = size
        path = self.path(f'{width}x{height}.raw')
        if not os.path.exists(path):
            row = bytes((x * 5 ^ x // 3) & 255 for x in range(3 * width + 192))
            starts = [3 * ((y * 7 + frame * 3) % 64) for frame in range(8) for y in range(height)]
            self.put(path, b''.join(row[start:start + 3 * width] for start in starts))
        return ('--from', 'raw', '-i', f'width={width}', '-i', f'height={height}', '-i', 'channels=3', path)

    def codecs(self, container):
        """Return the codecs that the error for an unknown one lists."""
        listed = self.refuse(2, 'convert', *self.source(SMALL), 'x.' + container, '-o', 'codec=nonesuch')
        return re.search('available: (.*)', listed)[1].split()

    def hashes(self, container, size, *args):
        """Return the hashes of one conversion in several surroundings."""
        found = set()
        for threads, folder, env in RUNS:
            os.makedirs(self.path(folder), exist_ok=True)
            name = os.path.join(folder, 'out.' + container)
            self.mim('convert', '-q', '-f', '--threads', str(threads), *self.source(size), name, *args, env=env)
            found.add(hashlib.sha256(self.get(name)).hexdigest())
        return found

    def options(self, codec):
        return [word for option in ('codec=' + codec, *QUICK.get(codec, ())) for word in ('-o', option)]

    def test_of_small_videos_in_every_container_and_codec(self):
        for container in VIDEOS:
            for codec in self.codecs(container):
                with self.subTest(container=container, codec=codec):
                    found = self.hashes(container, SIZES.get(codec, SMALL), *self.options(codec))
                    self.assertEqual(len(found), 1)

    def test_of_large_videos_in_every_codec(self):
        tried = set(UNSIZED)
        for container in VIDEOS:
            for codec in self.codecs(container):
                if codec in tried:
                    continue
                tried.add(codec)
                with self.subTest(container=container, codec=codec):
                    few = ('--frames', '0:2') if codec in SLOW else ()
                    self.assertEqual(len(self.hashes(container, LARGE, *self.options(codec), *few)), 1)

    def test_of_a_bit_rate(self):
        for container, codec in (('mp4', 'libx264'), ('avi', 'mjpeg'), ('webm', 'libvpx-vp9'), ('avi', 'mpeg4')):
            with self.subTest(container=container, codec=codec):
                self.assertEqual(len(self.hashes(container, (320, 240), *self.options(codec), '-o', 'bitrate=200k')), 1)

    def test_of_other_formats(self):
        for name in OTHERS:
            with self.subTest(format=name):
                first = ('--frames', '0') if name == 'png' else ()
                self.assertEqual(len(self.hashes(name, (320, 240), *first)), 1)

    def test_of_another_date(self):
        """The date of half of the runs, by a program that prints it."""
        printed = [int(subprocess.check_output(['date', '+%s'], env={**os.environ, **more})) for more in ({}, ANOTHER_DATE)]
        self.assertGreater(printed[1] - printed[0], 999 * 86400)

    def test_of_plugins_name_the_versions_of_codec_libraries(self):
        printed = text(self.mim('plugins', 'video', env={'COLUMNS': '200'}))
        for name in ('libavcodec', 'libavformat', 'libx264', 'libvpx'):
            self.assertRegex(printed, rf'(?m)^  libraries .*\b{name} \d')


tap.main()
