#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""How long frames of ranges last, by Pillow, ffprobe and tifffile."""

import json
import struct

import numpy as np
import tifffile
from PIL import Image

import tap
from gifbytes import control, gif, image
from videopeers import VideoWriting

DELAYS = {'even': [10] * 11, 'uneven': [3, 7, 10, 5, 20, 8, 4, 9, 6, 11, 13], 'long last': [10] * 10 + [123]}
RANGES = ('::2', '::3', '::20', '::-1', '::-2', '1:10:4', '1:9:3', '-1:2:-3', '0,5,3', '::2,3,8:2:-2', '4:5:7')
FORMATS = ('gif', 'apng', 'mp4', 'mov', 'mkv', 'webm')


def durations_of(delays, ranges):
    """What each selected frame lasts: its own time in a list of numbers, that of its step in a slice."""
    result = []
    for item in ranges.split(','):
        if ':' not in item:
            result.append(delays[int(item)])
            continue
        indices = range(len(delays))[slice(*(int(part) if part else None for part in item.split(':')))]
        for i in indices:
            end = indices.stop if abs(indices.stop - i) < abs(indices.step) else i + indices.step
            result.append(sum(delays[j] for j in range(i, end, 1 if indices.step > 0 else -1)))
    return result


def track_seconds(path):
    """The length of an MP4's track by its header, which holds where pictures are coded out of their order."""
    with open(path, 'rb') as file:
        data = file.read()
    movie = data.rfind(b'mvhd')
    track = data.find(b'tkhd', movie)
    return struct.unpack('>I', data[track + 24:track + 28])[0] / struct.unpack('>I', data[movie + 16:movie + 20])[0]


class Steps(VideoWriting):
    def source(self, delays, name='in.gif'):
        palette = [(k * 16, 255 - k * 16, 40) for k in range(16)]
        pictures = [control(delay=delay) + image(np.full((32, 32), k)) for k, delay in enumerate(delays)]
        return self.put(name, gif(32, 32, *pictures, palette=palette))

    def durations(self, name):
        """In hundredths of a second, by another program."""
        path = self.path(name)
        if path.endswith(('gif', 'apng')):
            with Image.open(path) as pictures:
                result = []
                for k in range(pictures.n_frames):
                    pictures.seek(k)
                    result.append(pictures.info.get('duration', 0) / 10)
                return result
        starts = sorted(self.times(path))
        end = track_seconds(path) + starts[0] if path.endswith(('mp4', 'mov')) else float(self.probe(path)['format']['duration'])
        return [100 * (b - a) for a, b in zip(starts, starts[1:] + [end])]

    def check(self, name, expected, tolerance=0.11):
        got = self.durations(name)
        self.assertEqual(len(got), len(expected), (got, expected))
        for one, other in zip(got, expected):
            self.assertAlmostEqual(one, other, delta=tolerance, msg=(got, expected))

    def test_a_frame_lasts_as_long_as_its_step_in_every_pair_of_formats(self):
        for kind, delays in DELAYS.items():
            self.source(delays)
            for first in FORMATS:
                self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('one.' + first))
                for k, ranges in enumerate(RANGES):
                    second = FORMATS[k % len(FORMATS)] if first != 'gif' else None
                    for target in FORMATS if second is None else [second]:
                        with self.subTest(f'{kind}: {first} to {target}, {ranges}'):
                            self.mim('convert', '-q', '--force', self.path('one.' + first), self.path('two.' + target), '--frames=' + ranges)
                            self.check('two.' + target, durations_of(delays, ranges))

    def test_brief_frames_count_as_players_show_them(self):
        self.source([0, 1, 0, 5, 7, 0, 0])
        for target, ranges, expected in (('gif', '::2', [20, 15, 17, 10]), ('mp4', '::2', [20, 15, 17, 10]), ('mkv', '::-3', [27, 25, 10]),
                                         ('apng', '0,3,1', [10, 5, 10]), ('gif', '1:6:5', [42])):
            with self.subTest(f'{target} {ranges}'):
                self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('out.' + target), '--frames=' + ranges)
                self.check('out.' + target, expected)

    def test_stated_times_win(self):
        self.source(DELAYS['uneven'])
        for options, expected in ((('--duration', '0.07'), 7), (('--fps', '20'), 5)):
            for target in ('gif', 'apng') if '--duration' in options else ('gif', 'apng', 'mkv'):
                with self.subTest(f'{target} {options}'):
                    self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('out.' + target), '--frames=::3', *options)
                    self.check('out.' + target, [expected] * 4)

    def test_a_pipe_needs_no_count(self):
        delays = DELAYS['uneven']
        self.source(delays)
        for first in ('gif', 'apng', 'mkv'):
            self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('one.' + first))
            with open(self.path('one.' + first), 'rb') as pipe:
                data = pipe.read()
            for ranges in ('::2', '::3', '1:9:3', '2:100:4'):
                with self.subTest(f'{first} {ranges}'):
                    self.mim('convert', '-q', '--force', '-', self.path('out.gif'), '--frames=' + ranges, data=data)
                    self.check('out.gif', durations_of(delays, ranges))

    def test_joined_inputs_keep_their_steps(self):
        self.source([3, 7, 10], 'a.gif')
        self.source([20, 8, 4, 9], 'b.gif')
        self.mim('convert', '-q', self.path('a.gif'), self.path('b.gif'), self.path('out.gif'), '--frames=::2')
        self.check('out.gif', [10, 10, 28, 13])

    def test_containers_of_one_rate_repeat_frames(self):
        self.source([10] * 7)
        for ranges, frames, rate in (('::2', 4, 5), ('::3', 2, 10 / 3), ('1::5', 7, 0)):
            self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('out.mpg'), '--frames=' + ranges)
            total = sum(durations_of([10] * 7, ranges)) / 100
            facts, = json.loads(self.mim('info', '--json', '--count', self.path('out.mpg')))
            stream = self.video(self.path('out.mpg'))
            number, per = map(int, stream['r_frame_rate'].split('/'))
            self.assertAlmostEqual(int(stream['nb_read_frames']) * per / number, total, delta=per / number / 2 + 1e-6, msg=(frames, rate, facts))

    def test_imagej_stacks_have_the_mean_of_the_steps(self):
        self.source([10] * 9)
        self.mim('convert', '-q', self.path('in.gif'), self.path('out.tif'), '--frames=::3', '-o', 'imagej=yes')
        with tifffile.TiffFile(self.path('out.tif')) as stack:
            self.assertAlmostEqual(stack.imagej_metadata['finterval'], 0.3)
        self.mim('convert', '-q', self.path('out.tif'), self.path('out.gif'), '--frames=::2')
        self.check('out.gif', [60, 30])

    def test_imagej_stacks_that_are_thinned_out_say_so(self):
        """ImageJ's axes and unit are kept, and its lines of timing are those of the frames that are left."""
        for lines, stated in (('finterval=60\nfps=7.0\n', (100, 4.2)), ('tunit=ms\nfinterval=200\n', (1 / 3, 3)),
                              ('tunit=min\nfinterval=2\nfps=7.0\n', (200, 4.2)), ('fps=2.5\n', (2 / 3, 1.5)),
                              ('finterval=60\n', (60, None))):
            description = 'ImageJ=1.53t\nimages=5\nframes=5\nhyperstack=true\nmode=grayscale\nunit=um\n' + lines + 'loop=false\n'
            tifffile.imwrite(self.path('in.tif'), np.zeros((5, 8, 8), np.uint8), description=description, metadata=None)
            self.mim('convert', '-q', '--force', self.path('in.tif'), self.path('out.tif'), '--frames=::2', '-o', 'imagej=yes')
            with tifffile.TiffFile(self.path('out.tif')) as stack, self.subTest(lines):
                facts = stack.imagej_metadata
                self.assertEqual((len(stack.series[0].pages), facts['unit'], facts['loop']), (3, 'um', False))
                self.assertAlmostEqual(facts['finterval'], stated[0], places=5)
                self.assertEqual(facts.get('fps'), stated[1])

    def test_imagej_intervals_have_a_unit(self):
        for lines, delay in (('tunit=ms\nfinterval=200\n', 20), ('tunit=sec\nfinterval=0.2\n', 20), ('tunit=min\nfinterval=0.5\n', 10),
                             ('tunit=min\nfinterval=0.01\n', 60), ('tunit=years\nfinterval=0.5\n', 10)):
            description = 'ImageJ=1.53t\nimages=3\nframes=3\nhyperstack=true\nmode=grayscale\n' + lines + 'loop=false\n'
            tifffile.imwrite(self.path('in.tif'), np.zeros((3, 8, 8), np.uint8), photometric='minisblack', description=description,
                             metadata=None)
            with self.subTest(lines):
                self.mim('convert', '-q', '--force', self.path('in.tif'), self.path('out.gif'))
                self.check('out.gif', [delay] * 3)


if __name__ == '__main__':
    tap.main()
