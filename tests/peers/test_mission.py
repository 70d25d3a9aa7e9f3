#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The mission page's own lines, through the command; what comes out is looked at by other programs."""

import io

import numpy as np
import tifffile
from PIL import Image

import gifbytes
import pictures
import tap
from gifbytes import gif, image, visible
from gifpeers import PEERS, difference
from peers import PeerCase, text

NEWTONSCRADLE = 36 * 200 * 150 * 3
SIZES_TAKEN = ('256MB', '512MiB', '1.5GB', '2GB', '100MB', '1000000', '1073741824', '1000000000', '1.5 GiB', '256mb',
               '256 MB', '1MB',
               'off', 'none', 'false', '0', 'on', 'true', '2T', '1TiB', '1P')
SIZES_TOO_SMALL = {'1k': 1000, '1Ki': 1024, '300B': 300}  # for any working memory
SIZES_REFUSED = ('', 'MB', '256XB', '-1', '-1MB', '1..5GB', '12 34', '256MBs', 'many', '1,5GB', '0.0001', '0x100',
                 'nan', 'inf', 'yes please',
                 '99999999999999999999P')


class MissionLines(PeerCase):
    def write(self, name, *options, frames=None, ok=True):
        arguments = self.raw_input(pictures.moving_bar() if frames is None else frames)
        self.mim('convert', *arguments, self.path(name), *options)
        return self.get(name)

    def assertBar(self, data, frames=None):
        expected = [visible(frame) for frame in frames or pictures.moving_bar()]
        for name, ask in PEERS.items():
            self.assertEqual(difference(ask(data), expected), 'the same', name)

    # --- GIF

    def test_gif_with_a_duration_of_half_a_second(self):
        data = self.write('bar.gif', '--duration', '0.5')
        self.assertBar(data)
        with Image.open(io.BytesIO(data)) as file:
            self.assertEqual((file.n_frames, file.size), (10, (100, 100)))
            for i in range(10):
                file.seek(i)
                self.assertEqual(file.info['duration'], 500)
        self.assertEqual(text(self.run_tool('gifsicle', '--info', self.path('bar.gif'))).count('delay 0.50s'), 10)
        facts = self.info(self.path('bar.gif'))
        self.assertEqual([frame['duration'] for frame in facts['each']], [0.5] * 10)
        self.assertEqual(facts['duration'], 5)
        self.assertEqual(facts['fps'], 2)

    def test_gif_with_a_list_of_five_durations(self):
        frames = pictures.moving_bar()[:5]
        data = self.write('bar.gif', '-o', 'duration=0.1,0.2,0.3,0.4,0.5', frames=frames)
        self.assertBar(data, frames)
        with Image.open(io.BytesIO(data)) as file:
            durations = []
            for i in range(file.n_frames):
                file.seek(i)
                durations.append(file.info['duration'])
        self.assertEqual(durations, [100, 200, 300, 400, 500])

    def test_gif_with_a_list_of_another_length_touches_nothing(self):
        said = self.refuse(2, 'convert', *self.raw_input(pictures.moving_bar()), self.path('bar.gif'), '--duration',
                           '0.1,0.2,0.3,0.4,0.5')
        self.assertIn('5', said)
        self.assertIn('10', said)
        self.assertNothingBeside('in.raw')

    def test_gif_that_loops_for_ever(self):
        data = self.write('bar.gif', '--loop', '0')
        self.assertBar(data)
        self.assertEqual(gifbytes.Gif(data).netscape, 0)
        self.assertIn('loop forever', text(self.run_tool('gifsicle', '--info', self.path('bar.gif'))))

    def test_gif_with_a_palette_of_256(self):
        self.assertBar(self.write('bar.gif', '-o', 'palettesize=256'))

    def test_gif_by_frames_per_second(self):
        for fps, total in (('10', 100), ('24', 42), ('30', 33), ('25', 40)):
            with self.subTest(fps=fps):
                data = self.write(f'bar-{fps}.gif', '--fps', fps)
                self.assertEqual(sum(frame.delay for frame in gifbytes.Gif(data).frames), total)

    # --- TIFF

    def assertPages(self, path, frames):
        with tifffile.TiffFile(path) as file:
            self.assertEqual(len(file.pages), len(frames))
            if file.pages[0].compression == 1:
                self.assertSameFrames([page.asarray() for page in file.pages], frames)
        if frames[0].dtype == np.uint8:
            with Image.open(path) as file:
                for i, frame in enumerate(frames):
                    file.seek(i)
                    self.assertSame(np.array(file), frame)
        self.assertEqual(self.mim('convert', path, '-', '--to', 'raw'), np.stack(frames).tobytes())
        self.assertNotIn('arning', text(self.run_tool('tiffinfo', path)))

    def test_tiff_plain(self):
        self.write('bar.tif')
        self.assertPages(self.path('bar.tif'), pictures.moving_bar())
        self.assertIn('Compression Scheme: None', text(self.run_tool('tiffinfo', self.path('bar.tif'))))

    def test_tiff_lzw(self):
        plain, packed = self.write('plain.tif'), self.write('bar.tif', '-o', 'compression=lzw')
        self.assertPages(self.path('bar.tif'), pictures.moving_bar())
        self.assertEqual(text(self.run_tool('tiffinfo', self.path('bar.tif'))).count('Compression Scheme: LZW'), 10)
        self.assertLess(len(packed), len(plain) / 5)

    def test_tiff_of_sixteen_bits(self):
        deep = [frame.astype(np.uint16) * 256 for frame in pictures.moving_bar()]
        self.write('bar.tif', frames=deep)
        self.assertPages(self.path('bar.tif'), deep)
        self.assertIn('Bits/Sample: 16', text(self.run_tool('tiffinfo', self.path('bar.tif'))))

    def test_tiff_with_resolution_and_software(self):
        self.write('bar.tif', '-o', 'resolution=300,300', '-o', 'software=ImageIO')
        self.assertPages(self.path('bar.tif'), pictures.moving_bar())
        said = text(self.run_tool('tiffinfo', self.path('bar.tif')))
        self.assertEqual(said.count('Resolution: 300, 300 pixels/inch'), 10)
        self.assertIn('Software: ImageIO', said)
        with Image.open(self.path('bar.tif')) as file:
            self.assertEqual(tuple(map(float, file.info['dpi'])), (300, 300))

    def test_a_stack_of_a_thousand_pages_counts_a_thousand(self):
        frames = pictures.samples(np.uint8, 1000, 9, 7)
        tifffile.imwrite(self.path('stack.tif'), frames, photometric='minisblack', metadata=None, contiguous=False)
        facts = self.info(self.path('stack.tif'))
        self.assertEqual((facts['frames'], len(facts['each'])), (1000, 1000))
        raw = self.mim('convert', self.path('stack.tif'), '-', '--to', 'raw', '--frames', ':101')
        self.assertEqual(raw, frames[:101].tobytes())

    # --- memtest

    def test_sizes_that_are_taken(self):
        path = self.put('x.gif', gif(2, 2, image(np.zeros((2, 2), int)), palette=[(1, 2, 3), (4, 5, 6)]))
        for option in ('--memory', '--memtest'):
            for size in SIZES_TAKEN:
                with self.subTest(option=option, size=size):
                    self.mim('info', path, option, size)
        for size, number in SIZES_TOO_SMALL.items():
            with self.subTest(size=size):
                self.mim('info', path, '--memtest', size)
                self.assertIn(f'the limit working={number}:', self.refuse(5, 'info', path, '--memory', size))

    def test_sizes_that_are_refused(self):
        path = self.put('x.gif', gif(2, 2, image(np.zeros((2, 2), int)), palette=[(1, 2, 3), (4, 5, 6)]))
        for option in ('--memory', '--memtest'):
            for size in SIZES_REFUSED:
                with self.subTest(option=option, size=size):
                    said = self.refuse(2, 'convert', path, self.path('out.tif'), f'{option}={size}')
                    self.assertIn(f'{size}', said)
                    self.assertNothingBeside('x.gif')

    def test_a_conversion_streams_past_the_result_budget(self):
        """The budget is for frames handed over together; a conversion holds a few at a time."""
        frames = np.stack(pictures.moving_bar() * 20)
        self.assertGreater(frames.nbytes, 5_000_000)
        self.write('bar.tif', frames=frames)
        raw = self.mim('convert', self.path('bar.tif'), '-', '--to', 'raw', '--memory', '5MB')
        self.assertEqual(raw, frames.tobytes())

    # --- what is refused

    def test_no_frames_touch_no_file(self):
        empty = self.put('empty.raw', b'')
        words = ['-i', 'width=4', '-i', 'height=4', '-i', 'channels=3', '-i', 'sample=u8']
        for target in ('out.gif', 'out.tif'):
            with self.subTest(target=target):
                self.put(target, b'precious')
                done = self.run_mim('convert', '--from', 'raw', *words, empty, self.path(target), '--force')
                self.assertIn(done.returncode, (2, 6), done.stderr)
                self.assertEqual(self.get(target), b'precious')

    def test_channels_that_gif_has_not(self):
        frames = [np.zeros((10, 10, 5), np.uint8)] * 3
        said = self.refuse(2, 'convert', *self.raw_input(frames), self.path('out.gif'))
        self.assertIn('5', said)
        self.assertNothingBeside('in.raw')

    def test_gray_with_alpha_in_gif(self):
        frame = np.zeros((10, 10, 2), np.uint8)
        frame[2:5, :, 0], frame[:, 3:, 1] = 200, 255
        self.mim('convert', *self.raw_input([frame]), self.path('out.gif'))
        with Image.open(self.path('out.gif')) as file:
            rgba = np.asarray(file.convert('RGBA'))
        self.assertTrue((rgba[..., 3] == frame[..., 1]).all())
        self.assertTrue((rgba[:, 3:, :3] == frame[:, 3:, :1]).all())

    def test_mixed_shapes_name_the_frame(self):
        for i, shape in enumerate(((10, 10), (10, 10), (10, 12))):
            tifffile.imwrite(self.path(f'{i}.tif'), np.zeros(shape, np.uint8), metadata=None, photometric='minisblack')
        inputs = [self.path(f'{i}.tif') for i in range(3)]
        said = self.refuse(2, 'convert', *inputs, self.path('out.gif'))
        self.assertRegex(said, r'frame 2\b')
        self.refuse(2, 'convert', *inputs, self.path('out.raw'))
        self.assertNothingBeside('0.tif', '1.tif', '2.tif')

    def test_an_unknown_option_names_the_nearest(self):
        arguments = self.raw_input(pictures.moving_bar())
        for target, wrong, right in (('out.gif', 'durration=1', 'duration'), ('out.gif', 'palletsize=3', 'palettesize'),
                                     ('out.tif', 'compresion=lzw', 'compression')):
            with self.subTest(wrong=wrong):
                said = self.refuse(2, 'convert', *arguments, self.path(target), '-o', wrong)
                self.assertIn(right, said)
                self.assertNothingBeside('in.raw')

    # --- the gray recipe

    def test_gray_is_the_floor_of_the_mean_in_the_same_type(self):
        for dtype in (np.uint8, np.uint16):
            for channels in (3, 4):
                with self.subTest(sample=np.dtype(dtype).name, channels=channels):
                    frames = pictures.samples(dtype, 4, 33, 21, channels)
                    tifffile.imwrite(self.path('in.tif'), frames, photometric='rgb', metadata=None, contiguous=False,
                                     extrasamples=['unassalpha'] if channels == 4 else None)
                    raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--gray=mean')
                    expected = (frames.astype(np.uint64).sum(axis=-1) // channels).astype(dtype)
                    self.assertEqual(raw, expected.tobytes())

    def test_gray_of_a_gif_goes_to_a_stack(self):
        self.write('bar.gif')
        self.mim('convert', '--gray=mean', self.path('bar.gif'), self.path('gray.tif'))
        with tifffile.TiffFile(self.path('gray.tif')) as file:
            got = [page.asarray() for page in file.pages]
        self.assertSameFrames(got, [frame.mean(axis=2).astype(np.uint8) for frame in pictures.moving_bar()])

    def test_gray_by_luma(self):
        frames = pictures.samples(np.uint8, 2, 33, 21, 3)
        tifffile.imwrite(self.path('in.tif'), frames, photometric='rgb', metadata=None, contiguous=False)
        raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--gray')
        got = np.frombuffer(raw, np.uint8).reshape(2, 33, 21).astype(float)
        exact = frames @ np.array([0.299, 0.587, 0.114])
        self.assertLessEqual(np.abs(got - exact).max(), 0.51)
        self.assertEqual(raw, self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--gray=luma'))

    def test_there_and_back(self):
        """mim convert a.gif a.tiff && mim convert a.tiff b.gif"""
        data = self.write('a.gif', '--duration', '0.5')
        self.mim('convert', self.path('a.gif'), self.path('a.tiff'))
        self.mim('convert', self.path('a.tiff'), self.path('b.gif'))
        self.assertBar(self.get('b.gif'))
        self.assertBar(data)


if __name__ == '__main__':
    tap.main()
