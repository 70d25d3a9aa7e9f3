#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The speed of conversions between all animated formats: total durations by Pillow and ffprobe."""

import itertools
import struct
from fractions import Fraction

import numpy as np
from PIL import Image

import tap
from gifbytes import control, gif, image
from peers import text
from videopeers import VideoWriting

# Half a tick of each format, in seconds. MPEG and Ogg have a rate, which is at least that of the source.
HALF_TICK = {'gif': 0.005, 'apng': 1e-4, 'mp4': 0.001, 'mov': 0.001, 'mkv': 0.001, 'webm': 0.001, 'avi': 0.005, 'wmv': 0.001,
             'flv': 0.001, 'mpg': 0.005, 'ogv': 0.005}
REPEATING = ('ogv',)  # libtheora leaves out frames that equal the one before, so that ffprobe cannot count them
DELAYS = {'even': [4] * 6, 'uneven': [3, 7, 10, 5, 20, 8], 'long last': [10, 10, 10, 70], 'zero': [0, 0, 10, 1, 30]}


class Timing(VideoWriting):
    def source(self, delays):
        palette = [(k * 30, 255 - k * 30, 40) for k in range(8)]
        pictures = [control(delay=delay) + image(np.full((32, 32), k % 8)) for k, delay in enumerate(delays)]
        return self.put('in.gif', gif(32, 32, *pictures, palette=palette))

    def pillow_seconds(self, path):
        with Image.open(path) as pictures:
            total = 0
            for k in range(pictures.n_frames):
                pictures.seek(k)
                total += pictures.info.get('duration', 0)
            return total / 1000

    def seconds(self, name):
        """The total duration, by another program if its answer includes the last frame."""
        path = self.path(name)
        extension = name.rpartition('.')[2]
        if extension in ('gif', 'apng'):
            return self.pillow_seconds(path)
        if extension in ('mp4', 'mov'):
            return self.movie_seconds(path)
        if extension in ('mkv', 'webm'):
            return float(self.probe(path)['format']['duration'])
        if extension in ('mpg', 'ogv'):
            return int(self.video(path)['nb_read_frames']) / float(Fraction(self.video(path)['r_frame_rate']))
        return self.info(path)['duration']

    @staticmethod
    def movie_seconds(path):
        """Of the box mvhd: ffprobe 7 takes the frame that is decoded last for the last one shown."""
        with open(path, 'rb') as file:
            data = file.read()
        start = data.index(b'mvhd') + 4
        ticks, duration = struct.unpack_from('>IQ' if data[start] else '>II', data, start + (20 if data[start] else 12))
        return duration / ticks

    def test_every_pair_of_formats_keeps_the_total(self):
        for kind, delays in DELAYS.items():
            self.source(delays)
            formats = [name for name in HALF_TICK if kind == 'even' or name not in REPEATING]
            played = sum(delay if delay > 1 else 10 for delay in delays) / 100
            for first in formats:
                self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('one.' + first))
                expected = sum(delays) / 100 if first == 'gif' else played
                with self.subTest(f'{kind}: gif to {first}'):
                    self.assertAlmostEqual(self.seconds('one.' + first), expected, delta=HALF_TICK[first] + 1e-6)
                for second in formats:
                    with self.subTest(f'{kind}: {first} to {second}'):
                        self.mim('convert', '-q', '--force', self.path('one.' + first), self.path('two.' + second))
                        total = sum(delays) / 100 if (first, second) == ('gif', 'gif') else played
                        self.assertAlmostEqual(self.seconds('two.' + second), total,
                                               delta=HALF_TICK[first] + HALF_TICK[second] + 1e-6)

    def test_a_last_frame_that_is_shorter_keeps_the_total_or_is_noted(self):
        for delays in ([10, 10, 10, 3], [10] * 100 + [3]):
            self.source(delays)
            for name in ('mp4', 'mkv', 'wmv', 'avi'):
                with self.subTest(name, frames=len(delays)):
                    done = self.run_mim('convert', '--force', self.path('in.gif'), self.path('out.' + name))
                    total = float(self.probe(self.path('out.' + name))['format']['duration'])
                    self.assertNotIn('frame times are adjusted', text(done.stderr))
                    self.assertAlmostEqual(total, sum(delays) / 100, delta=HALF_TICK[name] + 1e-6)

    def test_frames_that_become_shorter_keep_the_speed(self):
        for delays, half_tick in (([10] * 40 + [3] * 40, 0.005), ([10] * 40 + [3, 17, 4, 5] * 10, 0.005),
                                  ([3] * 40 + [10] * 40, 0.005), ([10] * 1100 + [3] * 100, 0.05)):
            self.source(delays)
            done = self.run_mim('convert', '--force', self.path('in.gif'), self.path('out.avi'))
            stream = self.video(self.path('out.avi'))
            with self.subTest(frames=len(delays)):
                self.assertAlmostEqual(float(stream['duration']), sum(delays) / 100, delta=half_tick + 1e-6)
                is_dropped = int(stream['nb_read_frames']) < len(delays)
                self.assertEqual((is_dropped, 'frames are dropped' in text(done.stderr)), (half_tick > 0.005,) * 2)

    def test_joined_videos_keep_the_rate_of_each(self):
        rates = ('25', '30000/1001', '1', '120', '24000/1001')
        for source in ('avi', 'mkv', 'mp4'):
            for rate in rates:
                self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', f'testsrc2=s=64x48:r={rate}', '-frames:v', 9,
                              '-c:v', 'mpeg4', self.path(f'{rate.replace("/", "-")}.{source}'))
            for pair in itertools.pairwise(rates):
                inputs = [self.path(f'{rate.replace("/", "-")}.{source}') for rate in pair]
                expected = sum(9 / Fraction(rate) for rate in pair)
                for target in ('mp4', 'mov', 'mkv', 'avi', 'apng', 'gif'):
                    with self.subTest(f'{source} to {target}: {pair}'):
                        self.mim('convert', '-q', '--force', *inputs, self.path('out.' + target))
                        self.assertAlmostEqual(self.seconds('out.' + target), float(expected), delta=2 * HALF_TICK[target] + 0.0011)

    def test_gifs_of_fast_videos_are_as_long_as_the_videos(self):
        for rate, frames in itertools.product((50, 60, 100, 120), (1, 2, 18, 61)):
            with self.subTest(f'{frames} frames, {rate} a second'):
                self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', f'testsrc2=s=64x48:r={rate}', '-frames:v', frames,
                              '-c:v', 'libx264', self.path('in.mp4'))
                done = self.run_mim('convert', '--force', self.path('in.mp4'), self.path('out.gif'))
                durations = [each['duration'] for each in self.info(self.path('out.gif'))['each']]
                self.assertGreaterEqual(min(durations), 0.02)
                self.assertAlmostEqual(sum(durations), max(frames / rate, 0.02), delta=0.0051)
                self.assertEqual('frames are dropped' in text(done.stderr), len(durations) < frames)
                if frames > 10:
                    self.assertGreaterEqual(len(durations), frames / rate * 50 - 1)


if __name__ == '__main__':
    tap.main()
