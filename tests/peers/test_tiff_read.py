#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""TIFF reading against tifffile, Pillow, tiffcp and tiff2rgba, pixel for pixel."""

import io
import itertools
import os
import time
import warnings

import numpy as np
import tifffile
from PIL import Image

import pictures
import tap
import tiffbytes
from peers import DTYPES, PeerCase, mean_error_db, text
from tiffbytes import SHORT, LONG, pack, page, plain, tiff

warnings.simplefilter('ignore') # Pillow warns of the damaged files that are made here
HEIGHT, WIDTH = 37, 29


def stack(dtype, channels, count=2, height=HEIGHT, width=WIDTH):
    """`count` pages of noise, (count, height, width, channels)."""
    return pictures.samples(dtype, count, height, width, channels)


def store(path, frames, **options):
    """By tifffile, a page a frame."""
    channels = frames.shape[-1]
    options.setdefault('photometric', 'rgb' if channels in (3, 4) else 'minisblack')
    if channels in (2, 4):
        options.setdefault('extrasamples', ['unassalpha'])
    elif channels == 5:
        options.setdefault('extrasamples', ['unspecified'] * 4)
    planar = options.get('planarconfig') == 'separate' and channels > 1
    with tifffile.TiffWriter(path, bigtiff=options.pop('bigtiff', False), byteorder=options.pop('byteorder', '<')) as file:
        for frame in frames:
            data = frame[..., 0] if channels == 1 else np.moveaxis(frame, -1, 0) if planar else frame
            file.write(data, metadata=None, contiguous=False, **(options if channels > 1 else {**options, 'planarconfig': None}))


def scaled(values, bits, to):
    """Full range to full range, rounded."""
    top = (1 << bits) - 1
    values = np.asarray(values, np.uint64)
    return ((values * np.uint64(np.iinfo(to).max) * np.uint64(2) + np.uint64(top)) // np.uint64(2 * top)).astype(to)


class TiffReading(PeerCase):
    def assertReads(self, path, frames, *options, message=''):
        self.assertSameFrames(self.pixels(path, *options), list(frames), message)

    def by_tiff2rgba(self, path):
        """The first page; its alpha is multiplied in, so this is a judge of opaque pictures."""
        out = self.path('rgba.tif')
        self.run_tool('tiff2rgba', '-c', 'none', path, out)
        return tifffile.imread(out)

    def assertPicture(self, path, message=''):
        """RGB(A) or gray of the first page equals what Pillow or tiff2rgba make of it, one of them bit for bit."""
        got = self.pixels(path)[0]
        answers = {}
        try:
            with Image.open(path) as picture:
                answers['Pillow'] = np.array(picture.convert('RGBA'))
        except Exception as error:
            answers['Pillow'] = error
        try:
            answers['tiff2rgba'] = self.by_tiff2rgba(path)
        except AssertionError as error:
            answers['tiff2rgba'] = error
        self.assertEqual(got.dtype, np.uint8, message)
        shown = rgba(got)
        told = []
        for name, answer in answers.items():
            if isinstance(answer, np.ndarray) and answer.shape == shown.shape:
                if np.array_equal(answer, shown):
                    return got
                told.append(f'{name}: {mean_error_db(answer, shown):.1f} dB, first pixel {answer[0, 0]} against {shown[0, 0]}')
            else:
                told.append(f'{name}: {answer if not isinstance(answer, np.ndarray) else answer.shape}')
        self.fail(f'{message}: equal to neither; {"; ".join(told)}')

    # --- plain samples, by tifffile

    def test_every_sample_type_and_layout(self):
        layouts = {
            'one strip': {}, 'strips of 7 rows': {'rowsperstrip': 7}, 'strips of 1 row': {'rowsperstrip': 1},
            'tiles 16x16': {'tile': (16, 16)}, 'tiles 32x48': {'tile': (32, 48)}, 'tiles 64x64': {'tile': (64, 64)},
        }
        for name, channels in itertools.product(DTYPES, (1, 2, 3, 4, 5)):
            frames = stack(DTYPES[name], channels)
            for layout, planar, compression in itertools.product(layouts, ('contig', 'separate'), (None, 'zlib')):
                if planar == 'separate' and channels == 1:
                    continue
                with self.subTest(sample=name, channels=channels, layout=layout, planar=planar, compression=compression):
                    store(self.path('in.tif'), frames, planarconfig=planar, compression=compression, **layouts[layout])
                    self.assertReads(self.path('in.tif'), frames)

    def test_both_byte_orders_classic_and_big(self):
        for name, order, big in itertools.product(DTYPES, '<>', (False, True)):
            for channels, layout in itertools.product((1, 3), ({}, {'rowsperstrip': 5, 'compression': 'zlib'},
                                                               {'tile': (16, 16), 'compression': 'zlib', 'predictor': True})):
                with self.subTest(sample=name, order=order, big=big, channels=channels, layout=' '.join(layout)):
                    frames = stack(DTYPES[name], channels)
                    try:
                        store(self.path('in.tif'), frames, byteorder=order, bigtiff=big, **layout)
                    except (ValueError, NotImplementedError, KeyError):
                        layout = {key: value for key, value in layout.items() if key != 'predictor'}
                        store(self.path('in.tif'), frames, byteorder=order, bigtiff=big, **layout)
                    self.assertReads(self.path('in.tif'), frames)

    # --- every codec, by tiffcp

    def test_lossless_codecs(self):
        codecs = {
            'u8': ['none', 'packbits', 'lzw', 'lzw:2', 'zip', 'zip:2', 'zip:1:p9', 'lzma', 'lzma:2', 'zstd', 'zstd:2'],
            'u16': ['packbits', 'lzw', 'lzw:2', 'zip', 'zip:2', 'lzma:2', 'zstd', 'zstd:2'],
            'u32': ['packbits', 'lzw', 'lzw:2', 'zip:2', 'zstd:2'],
            'i16': ['lzw:2', 'zip', 'zstd'],
            'f32': ['packbits', 'lzw', 'lzw:3', 'zip', 'zip:3', 'lzma:3', 'zstd:3'],
            'f64': ['lzw:3', 'zip:3', 'zstd:3', 'packbits'],
        }
        for name, channels in itertools.product(codecs, (1, 3, 4, 5)):
            frames = stack(DTYPES[name], channels)
            store(self.path('plain.tif'), frames)
            store(self.path('planes.tif'), frames, planarconfig='separate') # tiffcp changes that of 8 bits only
            for codec in codecs[name]:
                for words in ([], ['-r', '6'], ['-t', '-w', '16', '-l', '32'], ['-p', 'separate'], ['-B'], ['-8']):
                    if '-p' in words and channels == 1:
                        continue
                    with self.subTest(sample=name, channels=channels, codec=codec, words=' '.join(words)):
                        source = self.path('planes.tif' if '-p' in words else 'plain.tif')
                        self.run_tool('tiffcp', '-c', codec, *words, source, self.path('in.tif'))
                        self.assertReads(self.path('in.tif'), frames)

    def test_lerc_without_loss(self):
        for name in ('u8', 'u16', 'f32'):
            for sub in ('', ':s1', ':s2'):
                with self.subTest(sample=name, sub=sub):
                    frames = stack(DTYPES[name], 1)
                    store(self.path('plain.tif'), frames)
                    self.run_tool('tiffcp', '-c', f'lerc:0{sub}', self.path('plain.tif'), self.path('in.tif'))
                    self.assertReads(self.path('in.tif'), frames)

    def test_jpeg_equals_a_peer(self):
        for channels in (1, 3):
            frames = np.stack(pictures.photograph(2))[..., :channels]
            store(self.path('plain.tif'), frames)
            for codec in ('jpeg', 'jpeg:40', 'jpeg:95') + (('jpeg:r', 'jpeg:r:90') if channels == 3 else ()):
                for words in (['-r', '16'], ['-t', '-w', '32', '-l', '32'], ['-r', '48']):
                    with self.subTest(channels=channels, codec=codec, words=' '.join(words)):
                        self.run_tool('tiffcp', '-c', codec, *words, self.path('plain.tif'), self.path('in.tif'))
                        got = self.assertPicture(self.path('in.tif'))
                        self.assertEqual(got.shape, frames[0].shape)
                        self.assertGreater(mean_error_db(got, frames[0]), 25)

    def test_webp_equals_a_peer(self):
        frames = np.stack(pictures.photograph(2))
        store(self.path('plain.tif'), frames)
        for words in (['-r', '96'], ['-t', '-w', '64', '-l', '64']):
            with self.subTest(' '.join(words)):
                self.run_tool('tiffcp', '-c', 'webp', *words, self.path('plain.tif'), self.path('in.tif'))
                self.assertPicture(self.path('in.tif'))

    def test_fax_codecs(self):
        y, x = np.mgrid[0:60, 0:70]
        picture = ((x // 5 + y // 7) % 3 == 0).astype(np.uint8)
        for photometric in (0, 1):
            data = tiff([page(70, 60, [pack(picture, 1)], (1,), photometric)])
            for codec in ('g3:1d', 'g3:2d', 'g3:1d:fill', 'g4', 'packbits', 'lzw', 'zip'):
                for words in ([], ['-f', 'lsb2msb'], ['-r', '13']):
                    with self.subTest(codec=codec, photometric=photometric, words=' '.join(words)):
                        self.run_tool('tiffcp', '-c', codec, *words, self.put('plain.tif', data), self.path('in.tif'))
                        shown = (picture if photometric else 1 - picture) * np.uint8(255)
                        self.assertReads(self.path('in.tif'), [shown[..., None]])

    def test_pillow_s_codecs(self):
        picture = Image.fromarray(pictures.photograph(1)[0])
        for mode in ('1', 'L', 'P', 'RGB', 'RGBA', 'CMYK', 'YCbCr', 'LA'):
            for compression in (None, 'tiff_lzw', 'tiff_adobe_deflate', 'tiff_deflate', 'packbits'):
                with self.subTest(mode=mode, compression=compression):
                    picture.convert('RGB').convert(mode).save(self.path('in.tif'), compression=compression)
                    self.assertPicture(self.path('in.tif'))

    # --- colours

    def test_palettes_become_rgb(self):
        rng = np.random.default_rng(2)
        for bits in (1, 2, 4, 8):
            colours = rng.integers(0, 256, (1 << bits, 3))
            indices = rng.integers(0, 1 << bits, (HEIGHT, WIDTH))
            colormap = [int(value) * 257 for value in colours.T.ravel()]
            data = tiff([page(WIDTH, HEIGHT, [pack(indices, bits)], (bits,), 3, t320=(SHORT, colormap))])
            with self.subTest(bits=bits):
                path = self.put('in.tif', data)
                self.assertReads(path, [colours[indices].astype(np.uint8)])
                self.assertPicture(path)
                raw = self.mim('convert', path, '-', '--to', 'raw', '-i', 'raw=yes')
                self.assertEqual(raw, indices.astype(np.uint8).tobytes(), 'raw=yes gives the indices')

    def test_palettes_by_magick(self):
        picture = Image.fromarray(pictures.photograph(1)[0]).quantize(50)
        picture.save(self.path('in.png'))
        self.run_tool('convert', self.path('in.png'), '-compress', 'LZW', self.path('in.tif'))
        self.assertPicture(self.path('in.tif'))

    def test_min_is_white_is_inverted(self):
        for name in ('u8', 'u16', 'u32'):
            with self.subTest(sample=name):
                frames = stack(DTYPES[name], 1)
                store(self.path('in.tif'), frames, photometric='miniswhite')
                self.assertReads(self.path('in.tif'), np.iinfo(DTYPES[name]).max - frames)
        for bits in (1, 2, 4):
            with self.subTest(bits=bits):
                values = np.random.default_rng(4).integers(0, 1 << bits, (HEIGHT, WIDTH))
                path = self.put('in.tif', tiff([page(WIDTH, HEIGHT, [pack(values, bits)], (bits,), 0)]))
                self.assertReads(path, [255 - scaled(values, bits, np.uint8)[..., None]])
                self.assertPicture(path)

    def test_ycbcr_becomes_rgb(self):
        y, x = np.mgrid[0:32, 0:32]
        luma, blue, red = (np.clip(plane, 0, 255).astype(np.uint8) for plane in (x * 6 + 20, 128 + 2 * (y - 16), 128 - 3 * (x - 16)))
        for across, down in ((1, 1), (2, 1), (2, 2), (4, 4)):
            with self.subTest(subsampling=f'{across}x{down}'):
                units = []
                for top, left in itertools.product(range(0, 32, down), range(0, 32, across)):
                    units += [*luma[top:top + down, left:left + across].ravel(), blue[top, left], red[top, left]]
                data = tiff([page(32, 32, [bytes(units)], (8, 8, 8), 6, t530=(SHORT, [across, down]))])
                path = self.put('in.tif', data)
                got = self.pixels(path)[0]
                self.assertSame(rgba(got), self.by_tiff2rgba(path))

    def test_cmyk_becomes_rgb(self):
        inks = pictures.samples(np.uint8, HEIGHT, WIDTH, 4)
        for planar in ('contig', 'separate'):
            with self.subTest(planar=planar):
                data = inks if planar == 'contig' else np.moveaxis(inks, -1, 0)
                tifffile.imwrite(self.path('in.tif'), data, photometric='separated', planarconfig=planar, metadata=None)
                self.assertPicture(self.path('in.tif'))
                raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '-i', 'raw=yes')
                self.assertEqual(raw, inks.tobytes(), 'raw=yes gives the inks')

    def test_lab_becomes_rgb(self):
        Image.fromarray(pictures.photograph(1)[0]).save(self.path('in.png'))
        self.run_tool('convert', self.path('in.png'), '-colorspace', 'Lab', '-depth', '8', '-compress', 'none', self.path('in.tif'))
        got = self.pixels(self.path('in.tif'))[0]
        self.assertSame(rgba(got), self.by_tiff2rgba(self.path('in.tif')))

    # --- depths

    def test_odd_depths_fill_the_next_larger_type(self):
        for bits, channels in itertools.product((1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15), (1, 3)):
            with self.subTest(bits=bits, channels=channels):
                values = np.random.default_rng(bits).integers(0, 1 << bits, (HEIGHT, WIDTH * channels))
                values[0, :2] = 0, (1 << bits) - 1
                path = self.put('in.tif', tiff([page(WIDTH, HEIGHT, [pack(values, bits)], (bits,) * channels, 1 if channels == 1 else 2)]))
                dtype = np.uint8 if bits < 8 else np.uint16
                shape = HEIGHT, WIDTH, channels
                self.assertReads(path, [scaled(values, bits, dtype).reshape(shape)])
                self.assertReads(path, [values.astype(dtype).reshape(shape)], '-i', 'scale=no')
                facts = self.info(path)
                self.assertEqual(str(facts['each'][0]['metadata'].get('bits', facts['metadata'].get('bits'))).split(',')[0].strip('[ ]'), str(bits))

    def test_small_depths_equal_the_peers(self):
        for bits, photometric in itertools.product((1, 2, 4), (0, 1)):
            with self.subTest(bits=bits, photometric=photometric):
                values = np.random.default_rng(bits).integers(0, 1 << bits, (HEIGHT, WIDTH))
                self.assertPicture(self.put('in.tif', tiff([page(WIDTH, HEIGHT, [pack(values, bits)], (bits,), photometric)])))

    def test_twelve_bits_equal_pillow_s_values(self):
        values = np.random.default_rng(12).integers(0, 4096, (HEIGHT, WIDTH + 1))
        path = self.put('in.tif', tiff([page(WIDTH + 1, HEIGHT, [pack(values, 12)], (12,), 1)]))
        with Image.open(path) as picture:
            peer = np.array(picture).astype(np.uint16)
        self.assertReads(path, [peer[..., None]], '-i', 'scale=no')

    def test_half_floats_become_f32(self):
        for channels in (1, 3):
            for layout in ({}, {'tile': (16, 16)}, {'compression': 'zlib', 'rowsperstrip': 5}):
                with self.subTest(channels=channels, layout=' '.join(layout)):
                    frames = stack(np.float32, channels).astype(np.float16)
                    frames.flat[:4] = np.inf, -np.inf, 6e-8, -0.0
                    store(self.path('in.tif'), frames, **layout)
                    self.assertReads(self.path('in.tif'), frames.astype(np.float32))

    def test_complex_samples_are_not_supported(self):
        tifffile.imwrite(self.path('in.tif'), np.zeros((8, 8), np.complex64), metadata=None)
        self.refuse(6, 'convert', self.path('in.tif'), '-', '--to', 'raw')

    # --- alpha

    def test_straight_alpha_is_kept(self):
        for name in ('u8', 'u16', 'f32'):
            with self.subTest(sample=name):
                frames = stack(DTYPES[name], 4)
                store(self.path('in.tif'), frames, extrasamples=['unassalpha'])
                self.assertReads(self.path('in.tif'), frames)

    def test_premultiplied_alpha_is_divided_out(self):
        for name in ('u8', 'u16'):
            with self.subTest(sample=name):
                top = np.iinfo(DTYPES[name]).max
                straight = stack(DTYPES[name], 4).astype(np.int64)
                straight[:, :6, :, 3], straight[:, 6:12, :, 3] = top, 0
                alpha = straight[..., 3:]
                stored = np.concatenate([(straight[..., :3] * alpha + top // 2) // top, alpha], axis=-1)
                store(self.path('in.tif'), stored.astype(DTYPES[name]), extrasamples=['assocalpha'])
                got = np.stack(self.pixels(self.path('in.tif'))).astype(np.int64)
                self.assertSame(got[..., 3], stored[..., 3])
                shown = np.broadcast_to(alpha > 0, stored[..., :3].shape)
                exact = np.minimum(stored[..., :3] * top / np.maximum(alpha, 1), top)
                self.assertLessEqual(np.abs(got[..., :3] - exact)[shown].max(), 0.5, 'rounded to the nearest')

    def test_extra_samples_of_no_meaning_are_kept(self):
        frames = stack(np.uint8, 4)
        store(self.path('in.tif'), frames, extrasamples=['unspecified'])
        self.assertReads(self.path('in.tif'), frames)

    # --- orientation

    def test_orientations(self):
        turns = {
            1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
            5: lambda a: a.swapaxes(0, 1), 6: lambda a: a[::-1].swapaxes(0, 1), 7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
            8: lambda a: a[:, ::-1].swapaxes(0, 1),
        }
        for orientation, (name, channels), layout in itertools.product(
                turns, (('u8', 1), ('u8', 3), ('u16', 4), ('f64', 5)), ({}, {'tile': (16, 16)}, {'rowsperstrip': 4, 'compression': 'zlib'})):
            with self.subTest(orientation=orientation, sample=name, channels=channels, layout=' '.join(layout)):
                frames = stack(DTYPES[name], channels)
                store(self.path('in.tif'), frames, extratags=[(274, 'H', 1, orientation, True)], **layout)
                self.assertReads(self.path('in.tif'), [turns[orientation](frame) for frame in frames])
                self.assertReads(self.path('in.tif'), frames, '-i', 'orient=no')

    def test_orientation_by_tiffset_equals_pillow(self):
        from PIL import ImageOps
        for orientation in range(1, 9):
            with self.subTest(orientation=orientation):
                store(self.path('in.tif'), stack(np.uint8, 3))
                self.run_tool('tiffset', '-s', '274', str(orientation), self.path('in.tif'))
                with Image.open(self.path('in.tif')) as picture:
                    peer = np.array(ImageOps.exif_transpose(picture))
                self.assertSame(self.pixels(self.path('in.tif'))[0], peer)

    # --- pages

    def test_mixed_pages_come_one_by_one(self):
        frames = [stack(np.uint8, 3, 1)[0], stack(np.uint16, 1, 1, 11, 13)[0], stack(np.float32, 1, 1, 5, 60)[0]]
        with tifffile.TiffWriter(self.path('in.tif')) as file:
            for frame in frames:
                file.write(frame if frame.shape[-1] == 3 else frame[..., 0], metadata=None,
                           photometric='rgb' if frame.shape[-1] == 3 else 'minisblack')
        for i, frame in enumerate(frames):
            raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--frames', i)
            self.assertEqual(raw, frame.tobytes())
        self.refuse(2, 'convert', self.path('in.tif'), '-', '--to', 'raw')

    def test_sub_directories_are_no_pages_and_reduced_images_are(self):
        base = stack(np.uint8, 1, 3)
        with tifffile.TiffWriter(self.path('in.tif')) as file:
            file.write(base[0][..., 0], subifds=2, metadata=None, photometric='minisblack')
            file.write(base[0][::2, ::2, 0], subfiletype=1, metadata=None, photometric='minisblack')
            file.write(base[0][::4, ::4, 0], subfiletype=1, metadata=None, photometric='minisblack')
            file.write(base[1][::2, ::2, 0], subfiletype=1, metadata=None, photometric='minisblack')
        facts = self.info(self.path('in.tif'))
        self.assertEqual(facts['frames'], 2)
        reduced = [frame['metadata'].get('is_reduced') for frame in facts['each']]
        self.assertTrue(reduced[1], reduced)
        self.assertFalse(reduced[0] or False, reduced)

    def test_imagej_stacks_in_one_directory_are_frames(self):
        for name in ('u8', 'u16', 'f32'):
            with self.subTest(sample=name):
                frames = pictures.samples(DTYPES[name], 6, HEIGHT, WIDTH)
                tifffile.imwrite(self.path('in.tif'), frames, imagej=True, truncate=True)
                with tifffile.TiffFile(self.path('in.tif')) as file:
                    self.assertEqual(len(file.pages), 1)
                self.assertReads(self.path('in.tif'), frames[..., None])
                self.assertTrue(self.info(self.path('in.tif'))['metadata'].get('is_imagej'))

    def test_any_order_is_that_of_the_scan(self):
        for layout in ({}, {'compression': 'zlib', 'rowsperstrip': 8}, {'tile': (16, 16)}):
            frames = stack(np.uint16, 1, 40)
            store(self.path('in.tif'), frames, **layout)
            shuffled = np.random.default_rng(1).permutation(40).tolist()
            for order in (list(range(40))[::-1], shuffled, [39, 0, 39, 0, 0]):
                with self.subTest(layout=' '.join(layout), order=order[:3]):
                    raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--frames', ','.join(map(str, order)))
                    self.assertEqual(raw, frames[order].tobytes())
            with self.subTest(layout=' '.join(layout), order='::-1'):
                raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--frames', '::-1')
                self.assertEqual(raw, frames[::-1].tobytes())

    def test_threads_change_nothing(self):
        for layout in ({}, {'compression': 'zlib', 'rowsperstrip': 8}, {'tile': (16, 16), 'compression': 'zlib'}):
            with self.subTest(' '.join(layout)):
                frames = stack(np.uint16, 3, 30, 90, 100)
                store(self.path('in.tif'), frames, **layout)
                for threads in (1, 2, 8):
                    self.assertEqual(self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--threads', threads), frames.tobytes())

    def test_a_pipe_is_read_like_a_file(self):
        frames = stack(np.uint16, 3, 3)
        store(self.path('in.tif'), frames)
        self.assertEqual(self.mim('convert', '-', '-', '--to', 'raw', data=self.get('in.tif')), frames.tobytes())

    def test_a_hundred_thousand_pages_take_linear_time(self):
        times = {}
        for count in (10_000, 100_000):
            path = self.put(f'{count}.tif', tiffbytes.many_pages(count))
            for name, words in (('info', ['info', '--count', '--json', path]), ('convert', ['convert', path, '-', '--to', 'raw']),
                                ('last', ['convert', path, '-', '--to', 'raw', '--frames', '-1'])):
                best = min(self.timed(*words) for _ in range(3))
                times[name, count] = best[0]
                if name == 'convert':
                    self.assertEqual(best[1], (np.arange(count) & 255).astype(np.uint8).tobytes())
                elif name == 'last':
                    self.assertEqual(best[1], bytes([count - 1 & 255]))
                else:
                    self.assertIn(f'"frames": {count}', text(best[1]).replace('"frames":', '"frames": ').replace('  ', ' '))
        for name in ('info', 'convert', 'last'):
            with self.subTest(name):
                few, many = times[name, 10_000], times[name, 100_000]
                self.assertLess(many, 15 * max(few, 0.02), f'{few:.3f} s for 10 000 pages, {many:.3f} s for 100 000')

    def timed(self, *words):
        start = time.monotonic()
        out = self.mim(*words)
        return time.monotonic() - start, out

    def test_random_pages_of_many_take_no_walk_each(self):
        count = 20_000
        path = self.put('many.tif', tiffbytes.many_pages(count))
        order = np.random.default_rng(3).permutation(count)
        listed = ','.join(map(str, order[:4000]))
        seconds, raw = self.timed('convert', path, '-', '--to', 'raw', '--frames', listed)
        self.assertEqual(raw, (order[:4000] & 255).astype(np.uint8).tobytes())
        self.assertLess(seconds, 5)

    def test_a_loop_in_the_chain_is_an_error_at_once(self):
        pages = [plain(stack(np.uint8, 1, 1)[0][..., 0]) for _ in range(3)]
        for last in ('first', 'itself'):
            for big in (False, True):
                with self.subTest(last=last, big=big):
                    path = self.put('loop.tif', tiff(pages, big=big, last=last))
                    start = time.monotonic()
                    self.refuse(6, 'convert', path, self.path('out.gif'))
                    self.refuse(6, 'convert', path, '-', '--to', 'raw')
                    facts = self.run_mim('info', '--json', '--count', path)
                    self.assertLess(time.monotonic() - start, 5)
                    self.assertRegex(text(facts.stdout), '"damage"|"error"')
                    self.assertNothingBeside('loop.tif')

    def test_a_chain_that_leaves_the_file_is_damaged(self):
        pages = [plain(stack(np.uint8, 1, 1)[0][..., 0]) for _ in range(2)]
        for last in (3, 9999999, 0xfffffff0):
            with self.subTest(last=last):
                self.refuse(6, 'convert', self.put('in.tif', tiff(pages, last=last)), self.path('out.tif'))
                self.assertNothingBeside('in.tif')

    def test_a_sparse_file_of_five_gigabytes_reads_its_last_page(self):
        size, frame = 5 * 10 ** 9, stack(np.uint16, 1, 1)[0][..., 0]
        end = tiff([plain(frame)], big=True)
        head = bytearray(tiff([plain(frame[::-1])], big=True))
        shift = size - len(end)
        # the last page's directory and data, moved to the end of the file
        tags, strips = plain(frame)
        far = tiff([({**tags, 273: (tiffbytes.LONG8, [shift + 16])}, strips)], big=True)
        self.assertEqual(len(far), len(end))
        directory = int.from_bytes(far[8:16], 'little')
        head[len(head) - 8:] = (shift + directory).to_bytes(8, 'little')
        path = self.path('sparse.tif')
        with open(path, 'wb') as file:
            file.write(head)
            file.truncate(size)
            file.seek(shift + 16)
            file.write(far[16:])
        self.assertEqual(os.path.getsize(path), size)
        self.assertLess(os.stat(path).st_blocks * 512, 10 ** 7, 'the file system has no sparse files')
        self.assertEqual(self.info(path)['frames'], 2)
        self.assertEqual(self.mim('convert', path, '-', '--to', 'raw', '--frames', '-1'), frame.tobytes())
        self.assertEqual(self.mim('convert', path, '-', '--to', 'raw', '--frames', '0'), frame[::-1].tobytes())

    # --- damage

    def test_a_cut_file_is_never_all_pages(self):
        small = [plain(stack(np.uint8, 1, 1, 6, 5)[0][..., 0], rows=2), plain(stack(np.uint8, 3, 1, 4, 5)[0])]
        for big in (False, True):
            whole = tiff(small, big=big)
            for size in range(len(whole)):
                with self.subTest(big=big, bytes=size):
                    self.refuse(6, 'convert', self.put('cut.tif', whole[:size]), self.path('out.tif'))
                    self.assertNothingBeside('cut.tif')

    def test_a_cut_compressed_file_is_never_all_pages(self):
        store(self.path('plain.tif'), stack(np.uint8, 3, 2, 8, 9))
        for codec in ('lzw', 'zip', 'packbits', 'zstd', 'lzma', 'jpeg', 'webp'):
            self.run_tool('tiffcp', '-c', codec, self.path('plain.tif'), self.path('whole.tif'))
            whole = self.get('whole.tif')
            # what libtiff leaves between directories and data may be lost without harm, the directories may not
            for size in range(8, len(whole) - 8, max(1, len(whole) // 25)):
                with self.subTest(codec=codec, bytes=size):
                    done = self.run_mim('convert', self.put('cut.tif', whole[:size]), self.path('out.tif'))
                    self.assertEqual(done.returncode, 6, text(done.stderr))
                    self.assertNothingBeside('plain.tif', 'whole.tif', 'cut.tif')

    def test_damaged_strips_are_errors_of_their_page(self):
        frames = stack(np.uint8, 1, 3)
        store(self.path('in.tif'), frames, compression='zlib')
        with tifffile.TiffFile(self.path('in.tif')) as file:
            place = file.pages[1].dataoffsets[0]
        data = bytearray(self.get('in.tif'))
        data[place + 2:place + 30] = b'\xff' * 28
        path = self.put('bad.tif', bytes(data))
        self.refuse(6, 'convert', path, self.path('out.tif'))
        self.assertNothingBeside('in.tif', 'bad.tif')
        for i in (0, 2):
            self.assertEqual(self.mim('convert', path, '-', '--to', 'raw', '--frames', i), frames[i].tobytes())

    def test_what_is_no_tiff_is_refused(self):
        cases = {
            'empty': b'', 'magic only': b'II*\0', 'no directory': b'II*\0\0\0\0\0', 'directory beyond the end': b'II*\0\xff\xff\0\0',
            'no size': tiff([page(0, 4, [b'1234'])]), 'no strips': tiff([page(4, 4, [])]),
            'strip beyond the end': tiff([page(4, 4, [b'x' * 16], t273=(LONG, [999999]))]),
            'strip too short': tiff([page(4, 4, [b'x' * 7])]),
            'unknown compression': tiff([page(4, 4, [b'x' * 16], t259=(SHORT, [59999]))]),
        }
        for name, data in cases.items():
            with self.subTest(name):
                self.refuse(6, 'convert', self.put('in.tif', data), self.path('out.tif'))
                self.assertNothingBeside('in.tif')

    def test_a_tiny_file_of_a_billion_samples_is_refused_and_described(self):
        path = self.put('bomb.tif', tiff([page(1 << 15, 1 << 15, [b'x'], rows=1 << 15)]))
        facts = self.info(path)
        self.assertEqual((facts['width'], facts['height']), (1 << 15, 1 << 15))
        self.refuse(5, 'convert', path, self.path('out.tif'))
        self.assertNothingBeside('bomb.tif')

    # --- metadata

    def test_metadata_says_what_the_tags_say(self):
        tifffile.imwrite(self.path('in.tif'), stack(np.uint8, 3, 1)[0], resolution=(300, 150), resolutionunit='INCH', software='Soft 1.0',
                         description='a page', datetime='2024:05:06 07:08:09', metadata=None, photometric='rgb', compression='zlib',
                         extratags=[(315, 's', 0, 'An Artist', True), (65000, 'H', 1, 4711, True)])
        facts = self.info(self.path('in.tif'))
        both = {**facts['each'][0]['metadata'], **facts['metadata']}
        self.assertEqual(both['software'], 'Soft 1.0')
        self.assertEqual(both['description'], 'a page')
        self.assertEqual(both['artist'], 'An Artist')
        self.assertRegex(str(both['datetime']), r'2024.05.06.07:08:09')
        self.assertIn('inch', str(both).lower())
        self.assertIn('300', str(both['resolution']))
        self.assertIn('150', str(both['resolution']))
        self.assertIn('deflate', str(both['compression']).lower())


def rgba(frame):
    """Gray, gray+alpha or RGB as RGBA."""
    channels = frame.shape[2]
    colour = frame[..., :3] if channels >= 3 else np.repeat(frame[..., :1], 3, axis=2)
    alpha = frame[..., -1:] if channels in (2, 4) else np.full_like(colour[..., :1], 255)
    return np.concatenate([colour, alpha], axis=2)


if __name__ == '__main__':
    tap.main()
