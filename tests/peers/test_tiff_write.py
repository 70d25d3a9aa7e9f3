#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""TIFF writing, read back by tifffile, Pillow and libtiff's tools."""

import itertools
import subprocess
import warnings

import numpy as np
import tifffile
from PIL import Image

import pictures
import tap
from gifbytes import gif, image
from peers import DTYPES, PeerCase, mean_error_db, tool

warnings.simplefilter('ignore')
LOSSLESS = ('none', 'lzw', 'deflate', 'zlib', 'packbits', 'zstd', 'lzma')
TIFFFILE_READS = {1, 8, 32946} # compressions that tifffile decodes without further packages


def pages_of(path):
    """Every page by tifffile, as (height, width, channels)."""
    with tifffile.TiffFile(path) as file:
        pages = []
        for one in file.pages:
            data = one.asarray()
            if one.planarconfig == 2 and data.ndim == 3:
                data = np.moveaxis(data, 0, -1)
            pages.append(np.ascontiguousarray(data[..., None] if data.ndim == 2 else data))
        return pages


class TiffWriting(PeerCase):
    def write(self, frames, *options, name='out.tif'):
        self.mim('convert', *self.raw_input(frames), self.path(name), '--force', *options)
        return self.path(name)

    def tiffinfo(self, path):
        """The output of tiffinfo on the first page; a warning is a failure."""
        done = subprocess.run([tool('tiffinfo'), path], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              errors='replace')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, '', 'tiffinfo warns')
        return done.stdout

    def assertWritten(self, path, frames, message=''):
        """tifffile reads the same samples; tiffcp decompresses codecs that tifffile does not support."""
        self.tiffinfo(path)
        with tifffile.TiffFile(path) as file:
            self.assertEqual(len(file.pages), len(frames), message)
            plain = all(int(one.compression) in TIFFFILE_READS and int(one.predictor) in (1, 2) for one in file.pages)
        if not plain:
            self.run_tool('tiffcp', '-c', 'none', path, self.path('plain.tif'))
            path = self.path('plain.tif')
        self.assertSameFrames(pages_of(path), list(frames), message)

    def test_round_trips_every_sample_type_and_compression(self):
        for name, channels in itertools.product(DTYPES, (1, 2, 3, 4, 5)):
            frames = pictures.samples(DTYPES[name], 2, 37, 29, channels)
            for compression in LOSSLESS:
                with self.subTest(sample=name, channels=channels, compression=compression):
                    self.assertWritten(self.write(frames, '-o', f'compression={compression}'), frames)
                    self.assertSameFrames(self.pixels(self.path('out.tif')), list(frames), 'read by mim')

    def test_round_trips_strips_and_tiles(self):
        layouts = (['tile=16,16'], ['tile=32,48'], ['tile=64,64'], ['rowsperstrip=1'], ['rowsperstrip=7'],
                   ['rowsperstrip=1000'])
        for name, channels in itertools.product(('u8', 'u16', 'i32', 'f32', 'f64'), (1, 3, 4, 5)):
            frames = pictures.samples(DTYPES[name], 2, 70, 53, channels)
            for layout, compression in itertools.product(layouts, ('none', 'lzw', 'deflate')):
                with self.subTest(sample=name, channels=channels, layout=' '.join(layout), compression=compression):
                    words = [word for option in (*layout, f'compression={compression}') for word in ('-o', option)]
                    path = self.write(frames, *words)
                    self.assertWritten(path, frames)
                    with tifffile.TiffFile(path) as file:
                        one = file.pages[0]
                        key, value = layout[0].split('=')
                        if key == 'tile':
                            self.assertEqual(f'{one.tilewidth},{one.tilelength}', value)
                        else:
                            self.assertEqual(min(one.rowsperstrip, 70), min(int(value), 70))

    def test_chooses_the_predictor_unless_it_is_set(self):
        for name, expected in (('u8', 2), ('u16', 2), ('i16', 2), ('u32', 2), ('f32', 3), ('f64', 3)):
            frames = pictures.samples(DTYPES[name], 2, 37, 29, 3)
            for compression in ('lzw', 'deflate', 'zstd'):
                with self.subTest(sample=name, compression=compression):
                    path = self.write(frames, '-o', f'compression={compression}')
                    with tifffile.TiffFile(path) as file:
                        self.assertEqual(int(file.pages[0].predictor), expected)
                    self.assertWritten(path, frames)
        for predictor in ('none', 'horizontal'):
            with self.subTest(predictor=predictor):
                frames = pictures.samples(np.uint16, 2, 37, 29, 3)
                path = self.write(frames, '-o', 'compression=lzw', '-o', f'predictor={predictor}')
                with tifffile.TiffFile(path) as file:
                    self.assertEqual(int(file.pages[0].predictor), {'none': 1, 'horizontal': 2}[predictor])
                self.assertWritten(path, frames)

    def test_levels_change_the_size_and_not_the_samples(self):
        frames = np.stack(pictures.photograph(2))
        for compression in ('deflate', 'zstd', 'lzma'):
            with self.subTest(compression=compression):
                for level in (1, 9):
                    self.assertWritten(self.write(frames, '-o', f'compression={compression}', '-o', f'level={level}'),
                                       frames)

    def test_lossy_codecs_stay_close(self):
        frames = np.stack(pictures.photograph(3))
        for compression, channels in (('jpeg', 3), ('jpeg', 1), ('webp', 3)):
            for layout in ([], ['-o', 'tile=64,64'], ['-o', 'rowsperstrip=16']):
                with self.subTest(compression=compression, channels=channels, layout=' '.join(layout)):
                    path = self.write(frames[..., :channels], '-o', f'compression={compression}', *layout)
                    self.tiffinfo(path)
                    got = self.pixels(path)
                    for i, frame in enumerate(got):
                        self.assertGreater(mean_error_db(frame, frames[i][..., :channels]), 28)
                    with Image.open(path) as picture:
                        self.assertEqual(picture.n_frames, 3)
                        peer = np.array(picture.convert('RGB' if channels == 3 else 'L')).reshape(got[0].shape)
                        self.assertGreater(mean_error_db(peer, got[0]), 45)

    def test_pillow_reads_what_it_supports(self):
        for name, channels in (('u8', 1), ('u8', 3), ('u8', 4), ('u16', 1), ('i32', 1), ('f32', 1)):
            for compression in ('none', 'lzw', 'deflate', 'packbits', 'zstd'):
                with self.subTest(sample=name, channels=channels, compression=compression):
                    frames = pictures.samples(DTYPES[name], 3, 37, 29, channels)
                    with Image.open(self.write(frames, '-o', f'compression={compression}')) as picture:
                        self.assertEqual(picture.n_frames, 3)
                        for i, frame in enumerate(frames):
                            picture.seek(i)
                            self.assertTrue(np.array_equal(np.array(picture).reshape(frame.shape), frame), f'page {i}')

    def test_an_unknown_compression_lists_the_choices(self):
        message = self.refuse(2, 'convert', *self.raw_input(pictures.moving_bar()), self.path('out.tif'), '-o',
                           'compression=zip9')
        for name in ('none', 'lzw', 'deflate', 'packbits'):
            self.assertIn(name, message)
        self.assertNothingBeside('in.raw')

    # --- tags

    def test_options_set_tags(self):
        path = self.write(pictures.moving_bar()[:2], '-o', 'resolution=300,300', '-o', 'software=ImageIO', '-o',
                          'description=ten bars, moving',
                          '-o', 'datetime=2024:05:06 07:08:09', '-o', 'artist=Nobody')
        output = self.tiffinfo(path)
        for line in ('Resolution: 300, 300 pixels/inch', 'Software: ImageIO', 'ImageDescription: ten bars, moving',
                     'DateTime: 2024:05:06 07:08:09', 'Artist: Nobody'):
            self.assertIn(line, output)
        with Image.open(path) as picture:
            self.assertEqual(tuple(map(float, picture.info['dpi'])), (300, 300))
            self.assertEqual(picture.tag_v2[305], 'ImageIO')
        with tifffile.TiffFile(path) as file:
            self.assertEqual(file.pages[0].tags['Software'].value, 'ImageIO')
            self.assertEqual(file.pages[0].tags['XResolution'].value, (300, 1))

    def test_resolution_may_be_a_fraction_in_other_units(self):
        for value, unit, x, y in (('300,150', None, (300, 1), (150, 1)), ('72/1,72/1', 'inch', (72, 1), (72, 1)),
                                  ('1000/3,250/7', 'cm', (1000, 3), (250, 7)), ('1,1', 'none', (1, 1), (1, 1))):
            with self.subTest(value=value, unit=unit):
                path = self.write(pictures.moving_bar()[:1], '-o', f'resolution={value}',
                                  *(['-o', f'resolutionunit={unit}'] if unit else []))
                with tifffile.TiffFile(path) as file:
                    tags = file.pages[0].tags
                    for name, (over, under) in (('XResolution', x), ('YResolution', y)):
                        got = tags[name].value
                        self.assertAlmostEqual(got[0] / got[1], over / under, delta=over / under * 1e-6)
                    self.assertEqual(int(tags['ResolutionUnit'].value), {None: 2, 'inch': 2, 'cm': 3, 'none': 1}[unit])
                self.tiffinfo(path)
        for wrong in ('a,b', '1/0,1/0', '-3,3', '1,2,3'):
            with self.subTest(wrong=wrong):
                self.refuse(2, 'convert', *self.raw_input(pictures.moving_bar()), self.path('no.tif'), '-o',
                            f'resolution={wrong}', '--force')

    def test_keeps_the_metadata_of_a_tiff(self):
        tifffile.imwrite(self.path('in.tif'), pictures.moving_bar()[3], resolution=(300, 150), resolutionunit='INCH',
                         software='Soft 1.0',
                         description='a page', datetime='2024:05:06 07:08:09', metadata=None, photometric='rgb',
                         extratags=[(315, 's', 0, 'An Artist', True)])
        self.mim('convert', self.path('in.tif'), self.path('out.tif'))
        output = self.tiffinfo(self.path('out.tif'))
        for line in ('Resolution: 300, 150 pixels/inch', 'Software: Soft 1.0', 'ImageDescription: a page',
                     'DateTime: 2024:05:06 07:08:09',
                     'Artist: An Artist'):
            self.assertIn(line, output)

    def test_alpha_is_tagged_as_straight(self):
        for channels in (2, 4):
            with self.subTest(channels=channels):
                output = self.tiffinfo(self.write(pictures.samples(np.uint8, 2, 20, 20, channels)))
                self.assertIn('Extra Samples: 1<unassoc-alpha>', output)

    # --- the file

    def test_bigtiff_option(self):
        for option, magic in ((None, 42), ('auto', 42), ('no', 42), ('yes', 43)):
            with self.subTest(bigtiff=option):
                frames = pictures.samples(np.uint16, 3, 20, 30, 3)
                path = self.write(frames, *([] if option is None else ['-o', f'bigtiff={option}']))
                with open(path, 'rb') as file:
                    head = file.read(4)
                self.assertEqual(int.from_bytes(head[2:4], 'little' if head[:2] == b'II' else 'big'), magic)
                self.assertWritten(path, frames)

    def test_an_unknown_count_is_no_reason_for_a_big_file(self):
        """A file that turns out to exceed 4 GB is changed then."""
        source = gif(12, 9, *[image(np.full((9, 12), i)) for i in range(3)], palette=[(i, i, i) for i in range(4)])
        self.mim('convert', '-', self.path('out.tif'), data=source)
        with open(self.path('out.tif'), 'rb') as file:
            self.assertIn(file.read(4)[2:], (b'*\0', b'\0*'))
        self.assertEqual(len(pages_of(self.path('out.tif'))), 3)
        self.mim('convert', self.path('out.tif'), self.path('out.tif'), self.path('two.tif'))
        with open(self.path('two.tif'), 'rb') as file:
            self.assertIn(file.read(4)[2:], (b'*\0', b'\0*'))
        self.assertEqual(len(pages_of(self.path('two.tif'))), 6)

    def test_threads_change_nothing(self):
        frames = np.stack(pictures.photograph(12, 150, 200))
        deep = frames.astype(np.uint16) * 257
        for block in (frames, deep):
            for words in ([], ['compression=lzw'], ['compression=deflate'], ['compression=zstd', 'tile=64,64'],
                          ['compression=lzw', 'rowsperstrip=9'],
                          ['compression=packbits', 'bigtiff=yes']):
                with self.subTest(sample=block.dtype.name, words=' '.join(words)):
                    options = [word for option in words for word in ('-o', option)]
                    answers = set()
                    for count in (1, 2, 8):
                        with open(self.write(block, *options, '--threads', str(count)), 'rb') as file:
                            answers.add(file.read())
                    self.assertEqual(len(answers), 1)
                    self.assertWritten(self.path('out.tif'), block)

    def test_a_pipe_gets_the_same_file(self):
        frames = pictures.moving_bar()
        for words in ([], ['-o', 'compression=lzw'], ['-o', 'bigtiff=yes']):
            with self.subTest(' '.join(words)):
                arguments = self.raw_input(frames)
                piped = self.mim('convert', *arguments, '-', '--to', 'tiff', *words)
                with open(self.write(frames, *words), 'rb') as file:
                    self.assertEqual(piped, file.read())

    def test_mixed_shapes_are_accepted(self):
        one, other = pictures.samples(np.uint8, 10, 12, 3), pictures.samples(np.uint16, 33, 7, 1)
        tifffile.imwrite(self.path('a.tif'), one, photometric='rgb', metadata=None)
        tifffile.imwrite(self.path('b.tif'), other[..., 0], photometric='minisblack', metadata=None)
        self.mim('convert', self.path('a.tif'), self.path('b.tif'), self.path('a.tif'), self.path('out.tif'))
        self.assertWritten(self.path('out.tif'), [one, other, one])
        self.assertSameFrames([self.pixels(self.path('a.tif'))[0]], [one])

    def test_writes_many_small_pages(self):
        frames = pictures.samples(np.uint8, 3000, 4, 5, 1)
        path = self.write(frames, '-o', 'compression=lzw')
        self.tiffinfo(path)
        with tifffile.TiffFile(path) as file:
            self.assertEqual(len(file.pages), 3000)
        self.assertEqual(self.mim('convert', path, '-', '--to', 'raw'), frames.tobytes())


if __name__ == '__main__':
    tap.main()
