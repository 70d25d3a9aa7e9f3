#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Pictures that are cut: --partial converts the rows that are there, and the others are zeros."""

import os
import struct
import subprocess

import numpy as np
from PIL import Image

import tap
from peers import PeerCase, text, tool

HEIGHT, WIDTH = 240, 200
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}  # of the types of TIFF tags


def picture(seed=0):
    """Smooth, with some noise, and no zeros."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    noise = np.random.default_rng(seed).integers(0, 20, (HEIGHT, WIDTH, 3))
    return (np.stack([x, y, (x + y) // 2], -1) * 0.9 + noise + 15).astype(np.uint8)


def directory_first(data):
    """The file of one little-endian page with its directory before its strips or tiles, as a cut file must have it."""
    at, = struct.unpack_from('<I', data, 4)
    count, = struct.unpack_from('<H', data, at)
    entries = {}
    for place in range(at + 2, at + 2 + 12 * count, 12):
        tag, kind, number, value = struct.unpack_from('<HHII', data, place)
        size = SIZES[kind] * number
        value = place + 8 if size <= 4 else value
        entries[tag] = [kind, number, data[value:value + size]]
    numbers = [struct.unpack(f"<{number}{'H' if kind == 3 else 'I'}", value)
               for kind, number, value in (entries[273 if 273 in entries else 324], entries[279 if 279 in entries else 325])]
    pieces = [data[start:start + size] for start, size in zip(*numbers)]
    end = 14 + 12 * count
    offsets = entries[273 if 273 in entries else 324]
    offsets[0], offsets[2] = 4, bytes(4 * len(pieces))
    place = end + sum(len(value) + len(value) % 2 for _, _, value in entries.values() if len(value) > 4)
    starts = [place + sum(map(len, pieces[:i])) for i in range(len(pieces))]
    offsets[2] = struct.pack(f'<{len(starts)}I', *starts)
    head, tail = struct.pack('<2sHIH', b'II', 42, 8, count), b''
    for tag, (kind, number, value) in entries.items():
        field = value.ljust(4, b'\0') if len(value) <= 4 else struct.pack('<I', end + len(tail))
        tail += value + bytes(len(value) % 2) if len(value) > 4 else b''
        head += struct.pack('<HHI', tag, kind, number) + field
    return head + bytes(4) + tail + b''.join(pieces)


class Partial(PeerCase):
    def check(self, name, data, share, least=0.0, zeros=True, frames=1):
        """Cut the file: the rows before the cut are those of the whole, at least so many, and the others are zeros."""
        ending = name.split('.')[-1]
        whole = self.run_mim('convert', '-q', self.put('whole.' + ending, data), '-', '--to', 'raw').stdout
        whole = np.frombuffer(whole, np.uint8).reshape(frames, HEIGHT, -1)
        cut = self.put('cut.' + ending, data[:int(len(data) * share)])
        said = self.refuse(6, 'convert', cut, self.path('none.tif'))
        self.assertRegex(said, r'[0-9] good frames? before that')
        done = self.run_mim('convert', '--partial', cut, '-', '--to', 'raw')
        said = text(done.stderr)
        self.assertEqual(done.returncode, 6, said)
        got = np.frombuffer(done.stdout, np.uint8).reshape(-1, HEIGHT, whole.shape[2])
        last = len(got) - 1
        self.assertTrue(np.array_equal(got[:last], whole[:last]), 'the frames before it')
        same = (got[last] == whole[last]).all(1)
        rows = int(same.sum())
        self.assertGreaterEqual(rows, least * HEIGHT)
        self.assertLess(rows, HEIGHT)
        if zeros:
            self.assertTrue(same[:rows].all() and not got[last][rows:].any(), 'rows from the top, then zeros')
            self.assertIn(f'note: {HEIGHT - rows} of {HEIGHT} rows are missing in a damaged frame', said)
        else:
            self.assertIn(f' of {HEIGHT} rows are missing in a damaged frame', said)
        return rows

    def saved(self, name, image, **options):
        image.save(self.path(name), **options)
        with open(self.path(name), 'rb') as file:
            return file.read()

    def test_png(self):
        image = Image.fromarray(picture())
        for mode in 'RGB', 'L', 'RGBA', 'P', 'I;16':
            made = Image.fromarray(picture()[..., 0].astype(np.uint16) * 257) if mode == 'I;16' else image.convert(mode)
            data = self.saved('in.png', made)
            for share in 0.4, 0.8, 0.97:
                with self.subTest(mode=mode, share=share):
                    self.check('in.png', data, share, least=share - 0.15)

    def test_png_has_the_rows_that_pillow_finds(self):
        data = self.saved('in.png', Image.fromarray(picture()))
        for share in 0.3, 0.55, 0.9:
            with self.subTest(share):
                rows = self.check('in.png', data, share)
                command = ('import sys, numpy; from PIL import Image, ImageFile; ImageFile.LOAD_TRUNCATED_IMAGES = True; '
                           'print(int((numpy.asarray(Image.open(sys.argv[1])) != 0).any(2).all(1).sum()))')
                found = int(subprocess.run([tool('python3'), '-c', command, self.path('cut.png')], check=True,
                                           capture_output=True).stdout)
                self.assertGreaterEqual(rows, found - 1)

    def test_interlaced_png_keeps_whole_rows(self):
        self.mim('convert', '-q', self.put_picture(), self.path('in.png'), '-o', 'interlace=yes')
        with open(self.path('in.png'), 'rb') as file:
            data = file.read()
        self.check('in.png', data, 0.85, zeros=False)

    def put_picture(self):
        Image.fromarray(picture()).save(self.path('picture.png'))
        return self.path('picture.png')

    def test_gif(self):
        pictures = [Image.fromarray(picture(k)).quantize(64) for k in range(3)]
        for interlace in 0, 1:
            data = self.saved('in.gif', pictures[0], interlace=interlace)
            for share in 0.4, 0.9:
                with self.subTest(interlace=interlace, share=share):
                    rows = self.check_gif(data, share)
                    self.assertGreaterEqual(rows, (share - 0.25) * HEIGHT)
        data = self.saved('in.gif', pictures[0], save_all=True, append_images=pictures[1:])
        self.put('cut.gif', data[:len(data) * 9 // 10])
        done = self.run_mim('convert', '--partial', self.path('cut.gif'), '-', '--to', 'raw')
        self.assertEqual((done.returncode, len(done.stdout)), (6, 3 * HEIGHT * WIDTH * 3))
        self.assertRegex(text(done.stderr), r'note: \d+ of 240 rows are missing')
        self.assertIn('2 good frames before that', text(done.stderr))

    def check_gif(self, data, share):
        """Rows of a still without transparency are index 0 where they are missing."""
        whole = np.asarray(Image.open(self.put('whole.gif', data)).convert('RGB'))
        cut = self.put('cut.gif', data[:int(len(data) * share)])
        self.refuse(6, 'convert', cut, self.path('none.png'))
        done = self.run_mim('convert', '--partial', cut, '-', '--to', 'raw', '--color', 'rgb')
        self.assertEqual(done.returncode, 6)
        got = np.frombuffer(done.stdout, np.uint8).reshape(HEIGHT, WIDTH, 3)
        rows = int((got == whole).all((1, 2)).sum())
        self.assertIn(f'note: {HEIGHT - rows} of {HEIGHT} rows are missing', text(done.stderr))
        return rows

    def test_webp(self):
        alpha = np.mgrid[0:HEIGHT, 20:WIDTH + 20][1].astype(np.uint8)
        for mode, made in ('RGB', picture()), ('RGBA', np.dstack([picture(), alpha])):
            for lossless in False, True:
                data = self.saved('in.webp', Image.fromarray(made), lossless=lossless, quality=80)
                for share in 0.5, 0.9:
                    with self.subTest(mode=mode, lossless=lossless, share=share):
                        self.check('in.webp', data, share, least=share - 0.25)

    def test_webp_animation(self):
        """Pixels of a frame without losses are transparent where they stay the same, and where they are missing."""
        pictures = [Image.fromarray(picture(k)) for k in range(3)]
        for lossless in False, True:
            data = self.saved('in.webp', pictures[0], save_all=True, append_images=pictures[1:], lossless=lossless, minimize_size=False)
            with self.subTest(lossless=lossless):
                self.check('in.webp', data, 0.85, least=0.3, zeros=not lossless, frames=3)
                self.assertIn('2 good frames before that', self.refuse(6, 'convert', self.path('cut.webp'), self.path('none.gif')))

    def test_turned_webp(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        data = self.saved('in.webp', Image.fromarray(picture()), exif=exif)
        done = self.run_mim('convert', '--partial', self.put('cut.webp', data[:len(data) // 2]), '-', '--to', 'raw')
        self.assertEqual(done.returncode, 6)
        self.assertRegex(text(done.stderr), r'note: \d+ of \d+ rows are missing')

    def test_tiff(self):
        self.saved('base.tif', Image.fromarray(picture()))
        for codec in 'none', 'lzw', 'lzw:2', 'zip', 'packbits', 'zstd', 'lzma', 'jpeg', 'webp':
            for shape in (('-r', '16'), ('-r', str(HEIGHT))):
                self.run_tool('tiffcp', '-c', codec, *shape, self.path('base.tif'), self.path('copy.tif'))
                with open(self.path('copy.tif'), 'rb') as file:
                    data = directory_first(file.read())
                for share in 0.5, 0.9:
                    with self.subTest(codec=codec, rows=shape[1], share=share):
                        coarse = {'jpeg': 0.25, 'webp': 0.5, 'zstd': 0.5}.get(codec, 0.1)
                        self.check('in.tif', data, share, least=max(0, share - coarse), zeros=True)

    def test_tiles_of_tiff(self):
        self.saved('base.tif', Image.fromarray(picture()))
        for codec in 'none', 'zip':
            self.run_tool('tiffcp', '-c', codec, '-t', '-w', '32', '-l', '32', self.path('base.tif'), self.path('copy.tif'))
            with open(self.path('copy.tif'), 'rb') as file:
                data = directory_first(file.read())
            with self.subTest(codec):
                self.check('in.tif', data, 0.6, zeros=False, least=0.3)

    def test_a_picture_of_which_no_row_is_there_is_not_written(self):
        data = self.saved('in.png', Image.fromarray(picture()))
        cut = self.put('cut.png', data[:data.index(b'IDAT') + 30])
        self.refuse(6, 'convert', '--partial', cut, self.path('none.tif'))
        self.assertFalse(os.path.exists(self.path('none.tif')))

    def test_series_goes_on(self):
        data = self.saved('f0.png', Image.fromarray(picture()))
        for i in range(3):
            self.put(f'f{i}.png', data if i != 1 else data[:len(data) // 2])
        done = self.run_mim('convert', '--partial', self.path('f%d.png'), '-', '--to', 'raw')
        self.assertEqual((done.returncode, len(done.stdout)), (6, 3 * HEIGHT * WIDTH * 3))
        self.assertIn('f1.png', text(done.stderr))
        self.assertRegex(text(done.stderr), r'note: \d+ of 240 rows are missing')


tap.main()
