#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""TIFF samples, codecs and colours against tifffile, Pillow, tiffcp and tiff2rgba, pixel for pixel."""

import itertools
import zlib

import numpy as np
import tifffile
from PIL import Image, ImageCms

import pictures
import tap
from peers import DTYPES, mean_error_db
from tiffbytes import SHORT, pack, page, tiff
from tiffpeers import HEIGHT, WIDTH, TiffCase, rgba, scaled, stack, store


EXACT = 0x0100 # cmsFLAGS_NOOPTIMIZE: no tables


def lab_of(rgb):
    """(height, width, 3) of L* 0..100, a* and b*, rounded to steps that 8 bits of CIELab can store."""
    to_lab = ImageCms.buildTransform(ImageCms.createProfile('sRGB'), ImageCms.createProfile('LAB'), 'RGB', 'LAB',
                                      flags=EXACT)
    stored = np.array(ImageCms.applyTransform(Image.fromarray(rgb), to_lab)) # a and b are signed, as in TIFF
    return np.stack([stored[..., 0] / 2.55, stored[..., 1].astype(np.int8), stored[..., 2].astype(np.int8)], axis=2)


def by_littlecms(lab):
    stored = np.stack([np.rint(lab[..., 0] * 2.55), lab[..., 1], lab[..., 2]], axis=2).astype(np.int16).astype(np.uint8)
    to_rgb = ImageCms.buildTransform(ImageCms.createProfile('LAB'), ImageCms.createProfile('sRGB'), 'LAB', 'RGB',
                                      flags=EXACT)
    picture = Image.frombytes('LAB', stored.shape[1::-1], stored.tobytes())
    return np.array(ImageCms.applyTransform(picture, to_rgb)).astype(int)


def lab_codings(lab):
    """The same colours in each coding of TIFF: (name, samples, tags)."""
    lightness, a, b = lab[..., 0], lab[..., 1], lab[..., 2]

    def stored(dtype, *planes):
        return np.stack([np.rint(plane).astype(np.int64).astype(dtype) for plane in planes], axis=2)

    eight = stored(np.uint8, lightness * 2.55, a, b)
    alpha = pictures.samples(np.uint8, *eight.shape[:2], 1)
    yield 'CIELab 8', eight, {'photometric': 8}
    yield 'CIELab 8 with alpha', np.concatenate([eight, alpha], axis=2), {'photometric': 8, 't338': (SHORT, [2])}
    yield 'CIELab 16', stored('<u2', lightness * 655.35, a * 256, b * 256), {'photometric': 8}
    yield 'ICCLab 8', stored(np.uint8, lightness * 2.55, a + 128, b + 128), {'photometric': 9}
    yield 'ICCLab 16', stored('<u2', lightness * 652.8, (a + 128) * 256, (b + 128) * 256), {'photometric': 9}


class TiffReading(TiffCase):
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
                with self.subTest(sample=name, channels=channels, layout=layout, planar=planar,
                                  compression=compression):
                    store(self.path('in.tif'), frames, planarconfig=planar, compression=compression, **layouts[layout])
                    self.assertReads(self.path('in.tif'), frames)

    def test_both_byte_orders_classic_and_big(self):
        for name, order, big in itertools.product(DTYPES, '<>', (False, True)):
            for channels, layout in itertools.product((1, 3), ({}, {'rowsperstrip': 5, 'compression': 'zlib'},
                                                               {'tile': (16, 16), 'compression': 'zlib',
                                                                'predictor': True})):
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
            store(self.path('planes.tif'), frames, planarconfig='separate') # tiffcp converts planes of 8 bits only
            for codec in codecs[name]:
                for words in ([], ['-r', '6'], ['-t', '-w', '16', '-l', '32'], ['-p', 'separate'], ['-B'], ['-8']):
                    if '-p' in words and channels == 1:
                        continue
                    if '-B' in words and ':3' in codec:
                        continue # libtiff 4.5 swaps bytes before its float predictor: even tiffcp cannot read the result
                    with self.subTest(sample=name, channels=channels, codec=codec, words=' '.join(words)):
                        source = self.path('planes.tif' if '-p' in words else 'plain.tif')
                        self.run_tool('tiffcp', '-c', codec, *words, source, self.path('in.tif'))
                        self.assertReads(self.path('in.tif'), frames)

    def test_the_float_predictor_in_both_byte_orders(self):
        """By Adobe's note the bytes are stored most significant first in either byte order."""
        for name, channels, order in itertools.product(('f32', 'f64'), (1, 3), '<>'):
            with self.subTest(sample=name, channels=channels, order=order):
                frame = stack(DTYPES[name], channels, 1)[0]
                size = frame.itemsize
                planes = frame.astype(frame.dtype.newbyteorder('>')).view(np.uint8).reshape(HEIGHT, -1,
                    size).transpose(0, 2, 1)
                row = planes.reshape(HEIGHT, -1, channels)
                differences = np.diff(row, axis=1, prepend=np.zeros((HEIGHT, 1, channels), np.uint8))
                data = zlib.compress(differences.astype(np.uint8).tobytes())
                one = page(WIDTH, HEIGHT, [data], (8 * size,) * channels, 2 if channels == 3 else 1, t259=(SHORT, [8]),
                           t317=(SHORT, [3]), t339=(SHORT, [3] * channels))
                self.assertReads(self.put('in.tif', tiff([one], order)), [frame])

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

    def test_codecs_of_pillow(self):
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
                self.assertEqual(raw, indices.astype(np.uint8).tobytes(),
                                 'raw=yes gives the indices, and they are not scaled')

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
        luma, blue, red = (np.clip(plane, 0, 255).astype(np.uint8)
                           for plane in (x * 6 + 20, 128 + 2 * (y - 16), 128 - 3 * (x - 16)))
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

    def test_lab_becomes_rgb_as_littlecms_converts_it(self):
        lab = lab_of(pictures.photograph(1)[0])
        expected = by_littlecms(lab)
        for name, values, tags in lab_codings(lab):
            with self.subTest(coding=name):
                bits = (values.dtype.itemsize * 8,) * values.shape[2]
                one = page(values.shape[1], values.shape[0], [values.tobytes()], bits, **tags)
                got = self.pixels(self.put('in.tif', tiff([one])))[0]
                if got.dtype == np.uint16:
                    got = ((got.astype(np.uint32) * 255 + 32767) // 65535).astype(np.uint8)
                difference = np.abs(got[..., :3].astype(int) - expected)
                self.assertLessEqual(difference.max(), 1, name)
                self.assertLess(difference.mean(), 0.1, name)
                if got.shape[2] == 4:
                    self.assertSame(got[..., 3], values[..., 3], name)

    def test_lab_without_colour_is_neutral(self):
        values = np.array([[[0, 0, 0], [128, 0, 0], [255, 0, 0]]], np.uint8)
        got = self.pixels(self.put('in.tif', tiff([page(3, 1, [values.tobytes()], (8, 8, 8), 8)])))[0]
        self.assertSame(got[0], np.array([[0] * 3, [119] * 3, [255] * 3], np.uint8))

    # --- depths

    def test_scales_odd_depths_to_the_next_larger_type(self):
        for bits, channels in itertools.product((1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15), (1, 3)):
            with self.subTest(bits=bits, channels=channels):
                values = np.random.default_rng(bits).integers(0, 1 << bits, (HEIGHT, WIDTH * channels))
                values[0, :2] = 0, (1 << bits) - 1
                one = page(WIDTH, HEIGHT, [pack(values, bits)], (bits,) * channels, 1 if channels == 1 else 2)
                path = self.put('in.tif', tiff([one]))
                dtype = np.uint8 if bits < 8 else np.uint16
                shape = HEIGHT, WIDTH, channels
                self.assertReads(path, [scaled(values, bits, dtype).reshape(shape)])
                self.assertReads(path, [values.astype(dtype).reshape(shape)], '-i', 'scale=no')
                facts = self.info(path)
                reported = {**facts['metadata'], **facts['each'][0]['metadata']}['bits']
                self.assertEqual(np.ravel(reported)[0], bits)

    def test_small_depths_equal_the_peers(self):
        for bits, photometric in itertools.product((1, 2, 4), (0, 1)):
            with self.subTest(bits=bits, photometric=photometric):
                values = np.random.default_rng(bits).integers(0, 1 << bits, (HEIGHT, WIDTH))
                self.assertPicture(self.put('in.tif', tiff([page(WIDTH, HEIGHT, [pack(values, bits)], (bits,),
                                                                 photometric)])))

    def test_twelve_bits_equal_the_values_of_pillow(self):
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

    def test_divides_by_premultiplied_alpha(self):
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

    def test_keeps_unspecified_extra_samples(self):
        frames = stack(np.uint8, 4)
        store(self.path('in.tif'), frames, extrasamples=['unspecified'])
        self.assertReads(self.path('in.tif'), frames)

    # --- orientation

    def test_orientations(self):
        turns = {
            1: lambda a: a, 2: lambda a: a[:, ::-1], 3: lambda a: a[::-1, ::-1], 4: lambda a: a[::-1],
            5: lambda a: a.swapaxes(0, 1), 6: lambda a: a[::-1].swapaxes(0, 1),
            7: lambda a: a[::-1, ::-1].swapaxes(0, 1),
            8: lambda a: a[:, ::-1].swapaxes(0, 1),
        }
        for orientation, (name, channels), layout in itertools.product(
                turns, (('u8', 1), ('u8', 3), ('u16', 4), ('f64', 5)),
                ({}, {'tile': (16, 16)}, {'rowsperstrip': 4, 'compression': 'zlib'})):
            with self.subTest(orientation=orientation, sample=name, channels=channels, layout=' '.join(layout)):
                frames = stack(DTYPES[name], channels)
                store(self.path('in.tif'), frames, extratags=[(274, 'H', 1, orientation, True)], **layout)
                self.assertReads(self.path('in.tif'), [turns[orientation](frame) for frame in frames])
                self.assertReads(self.path('in.tif'), frames, '-i', 'orient=no')

    def test_orientation_by_tiffset_equals_magick(self):
        for orientation in range(1, 9):
            with self.subTest(orientation=orientation):
                store(self.path('in.tif'), stack(np.uint8, 3, 1))
                self.run_tool('tiffset', '-s', '274', str(orientation), self.path('in.tif'))
                peer = self.run_tool('convert', self.path('in.tif') + '[0]', '-auto-orient', '-depth', '8', 'rgb:-')
                self.assertEqual(self.pixels(self.path('in.tif'))[0].tobytes(), peer)


if __name__ == '__main__':
    tap.main()
