#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Pictures of 1 bit stay so in conversions, checked with Pillow, libtiff's tools, pdfimages and pngcheck."""

import itertools
import os
import struct
import subprocess

import numpy as np
import tifffile
from PIL import Image, ImageDraw, ImageOps

import tap
from peers import PeerCase, mim_program, text, tool
from tiffbytes import SHORT, pack, page, tiff

FAX = ('group3', 'group4')
CODECS = {'group3': 3, 'group4': 4, 'packbits': 32773, 'tiff_lzw': 5, 'tiff_adobe_deflate': 8, 'raw': 1}
WIDTH, HEIGHT = 1003, 700 # the last byte of a row has unused bits


def scan(width=WIDTH, height=HEIGHT, seed=1):
    """Strokes like those of handwriting."""
    picture = Image.new('1', (width, height), 1)
    draw = ImageDraw.Draw(picture)
    rng = np.random.default_rng(seed)
    for y in range(20, height - 40, 45):
        x = 30
        while x < width - 60:
            step = int(rng.integers(8, 30))
            for _ in range(3):
                draw.line((x, y + int(rng.integers(0, 25)), x + step, y + int(rng.integers(0, 25))), fill=0, width=3)
            x += step + 10
    return picture


def shown(path, page=0):
    """The samples by Pillow, 0 or 255."""
    with Image.open(path) as picture:
        picture.seek(page)
        return np.asarray(picture.convert('L'))


def store_rows(path, width, height, rows):
    """Write a TIFF of 1 bit without compression, which repeats the bytes of some rows."""
    size = (width + 7) // 8 * height
    tags = ((256, width), (257, height), (258, 1), (259, 1), (262, 1), (273, 8), (277, 1), (278, height), (279, size))
    entries = b''.join(struct.pack('<HHII', tag, 4 if tag not in (258, 259, 262, 277) else 3, 1, value) for tag, value in tags)
    with open(path, 'wb') as file:
        file.write(b'II*\0' + struct.pack('<I', 8 + size))
        for _ in range(size // len(rows)):
            file.write(rows)
        file.write(struct.pack('<H', len(tags)) + entries + bytes(4))


class Bilevel(PeerCase):
    def make(self, compression='group4', name='in.tif', picture=None):
        (picture or scan()).save(self.path(name), compression=compression)
        return self.path(name)

    def convert(self, source, target, *options):
        """Convert without a note."""
        done = self.run_mim('convert', '--force', *options, source, self.path(target))
        self.assertEqual((done.returncode, text(done.stderr)), (0, ''), (source, target))
        return self.path(target)

    def facts(self, path):
        """(bits, compression, photometric) of the first page of a TIFF, which libtiff's tool reads without a warning."""
        done = subprocess.run([tool('tiffinfo'), path], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, text(done.stderr)), (0, ''), path)
        with Image.open(path) as picture:
            return picture.tag_v2[258][0], picture.tag_v2[259], picture.tag_v2[262]

    # --- sources and targets

    def test_tiffs_keep_the_compression_of_their_source(self):
        for (compression, number), kind in itertools.product(CODECS.items(), ('strips', 'tiles')):
            with self.subTest(compression=compression, kind=kind):
                source = self.make(compression)
                if kind == 'tiles':
                    self.run_tool('tiffcp', '-t', '-w', 128, '-l', 64, source, self.path('tiles.tif'))
                    source = self.path('tiles.tif')
                out = self.convert(source, 'out.tif')
                self.assertEqual(self.facts(out), (1, number, 0 if compression in FAX else 1))
                self.assertSame(shown(out), np.asarray(scan().convert('L')))
                self.assertLess(os.path.getsize(out), 1.1 * os.path.getsize(self.path('in.tif')) + 200)

    def test_what_fax_modes_share_becomes_g3(self):
        picture = scan()
        self.make('raw', 'plain.tif')
        for words in (('-c', 'g3:2d'), ('-c', 'g3:fill'), ('-f', 'lsb2msb', '-c', 'g3'), ('-r', '33', '-c', 'g4')):
            with self.subTest(' '.join(words)):
                self.run_tool('tiffcp', *words, self.path('plain.tif'), self.path('in.tif'))
                out = self.convert(self.path('in.tif'), 'out.tif')
                self.assertEqual(self.facts(out), (1, 4 if 'g4' in words else 3, 0))
                self.assertSame(shown(out), np.asarray(picture.convert('L')))

    def test_either_photometric_gives_the_same_picture(self):
        white = Image.fromarray(~np.asarray(scan()))
        for picture, tag in itertools.product((scan(), white), (0, 1)):
            picture.save(self.path('in.tif'), compression='raw', tiffinfo={262: tag})
            wanted = shown(self.path('in.tif'))
            for target in ('out.tif', 'out.png'):
                self.assertSame(shown(self.convert(self.path('in.tif'), target)), wanted, (tag, target))

    def test_tiff_palettes_of_black_and_white(self):
        samples = np.asarray(scan())
        for white_first, full in itertools.product((False, True), (255, 0xff00, 0xffff)):
            with self.subTest(white_first=white_first, full=full):
                colours = (full, 0) if white_first else (0, full)
                data = tiff([page(WIDTH, HEIGHT, [pack(samples ^ white_first, 1)], (1,), 3, t320=(SHORT, list(colours) * 3))])
                out = self.convert(self.put('in.tif', data), 'out.tif')
                self.assertEqual(self.facts(out)[0], 1)
                self.assertSame(shown(out), np.asarray(scan().convert('L')))
        data = tiff([page(WIDTH, HEIGHT, [pack(samples, 1)], (1,), 3, t320=(SHORT, [0, 255, 0, 255, 0, 254]))])
        self.assertEqual(self.info(self.put('in.tif', data))['each'][0]['channels'], 3)

    def test_pngs_have_one_bit(self):
        self.make()
        with Image.open(self.path('in.tif')) as picture:
            picture.save(self.path('gray.png'))
        black_first, white_first = (scan().convert('P') for _ in range(2))
        black_first = Image.fromarray(np.asarray(scan()).astype(np.uint8)).convert('P')
        black_first.putpalette([0, 0, 0, 255, 255, 255])
        white_first = Image.fromarray(1 - np.asarray(scan()).astype(np.uint8)).convert('P')
        white_first.putpalette([255, 255, 255, 0, 0, 0])
        black_first.save(self.path('black.png'), bits=1)
        white_first.save(self.path('white.png'), bits=1)
        for source in ('in.tif', 'gray.png', 'black.png', 'white.png'):
            for options in ((), ('-o', 'interlace=yes'), ('-o', 'filter=paeth'), ('-o', 'level=0')):
                with self.subTest(source=source, options=options):
                    out = self.convert(self.path(source), 'out.png', *options)
                    self.assertIn('1-bit grayscale', text(self.run_tool('pngcheck', out)))
                    self.assertSame(shown(out), np.asarray(scan().convert('L')))
            self.assertEqual(self.facts(self.convert(self.path(source), 'out.tif'))[0], 1)
            self.assertSame(self.pixels(self.path(source))[0][..., 0], np.asarray(scan().convert('L')))

    def test_turned_pictures_keep_their_bits(self):
        for orientation, kind in itertools.product(range(2, 9), ('tif', 'png')):
            with self.subTest(orientation=orientation, kind=kind):
                exif = Image.Exif()
                exif[274] = orientation
                if kind == 'tif':
                    scan().save(self.path('in.tif'), compression='group4', tiffinfo={274: orientation})
                else:
                    scan().save(self.path('in.png'), exif=exif)
                turned = scan()
                turned.getexif()[274] = orientation
                wanted = np.asarray(ImageOps.exif_transpose(turned).convert('L'))
                self.assertSame(shown(self.convert(self.path(f'in.{kind}'), 'out.png')), wanted)
                self.assertIn('1-bit grayscale', text(self.run_tool('pngcheck', self.path('out.png'))))
                if kind == 'tif':
                    out = self.convert(self.path('in.tif'), 'out.tif')
                    self.assertEqual(self.facts(out)[:2], (1, 4))
                    self.assertSame(shown(out), wanted)

    def test_interlaced_pngs_are_read(self):
        out = self.convert(self.make(), 'passes.png', '-o', 'interlace=yes')
        self.assertSame(shown(self.convert(out, 'back.tif')), np.asarray(scan().convert('L')))

    def test_pdfs_have_one_bit(self):
        out = self.convert(self.make(), 'out.pdf')
        listed = text(self.run_tool('pdfimages', '-list', out)).splitlines()[2].split()
        self.assertEqual(listed[2:8], ['image', str(WIDTH), str(HEIGHT), 'gray', '1', '1'])
        self.run_tool('pdfimages', '-png', out, self.path('page'))
        self.assertSame(shown(self.path('page-000.png')), np.asarray(scan().convert('L')))

    def test_a_scan_stays_small(self):
        source = self.make(picture=scan(2480, 3508))
        size = os.path.getsize(source)
        for target, most in (('out.tif', 1.05), ('out.png', 1.4), ('out.pdf', 1.4), ('out.gif', 1.5)):
            self.assertLess(os.path.getsize(self.convert(source, target)), most * size, target)

    def test_series_and_stacks(self):
        pages = [scan(seed=seed) for seed in (1, 2, 3)]
        pages[0].save(self.path('in.tif'), compression='group4', save_all=True, append_images=pages[1:])
        self.convert(self.path('in.tif'), 'page_%d.png')
        self.convert(self.path('page_%d.png'), 'back.tif', '-o', 'compression=g4')
        self.convert(self.path('in.tif'), 'all.tif')
        for i, page in enumerate(pages):
            self.assertIn('1-bit grayscale', text(self.run_tool('pngcheck', self.path(f'page_{i}.png'))))
            for name in ('back.tif', 'all.tif'):
                self.assertSame(shown(self.path(name), i), np.asarray(page.convert('L')), name)
                self.assertEqual(self.facts(self.path(name))[:2], (1, 4))

    def test_pages_differ_in_size(self):
        """Rows of 1 bit have unused bits at other places in each page."""
        sizes = ((WIDTH, HEIGHT), (130, 77), (8, 9), (1, 1))
        pages = [scan(*size) if size[1] > 60 else Image.fromarray(np.indices(size[::-1]).sum(axis=0) % 2 == 0) for size in sizes]
        wanted = [np.asarray(page.convert('L')) for page in pages]
        pages[0].save(self.path('in.tif'), compression='group4', save_all=True, append_images=pages[1:])
        tiff, pdf = (self.convert(self.path('in.tif'), name) for name in ('out.tif', 'out.pdf'))
        self.convert(self.path('in.tif'), 'page_%d.png')
        self.run_tool('pdfimages', '-png', pdf, self.path('pdf'))
        listed = text(self.run_tool('pdfimages', '-list', pdf)).splitlines()[2:]
        with tifffile.TiffFile(tiff) as file:
            self.assertEqual([(page.shape[::-1], page.bitspersample) for page in file.pages], [(size, 1) for size in sizes])
        for i, size in enumerate(sizes):
            self.assertEqual(listed[i].split()[3:8], [str(size[0]), str(size[1]), 'gray', '1', '1'])
            self.assertIn('1-bit grayscale', text(self.run_tool('pngcheck', self.path(f'page_{i}.png'))))
            for path, page in ((tiff, i), (self.path(f'page_{i}.png'), 0), (self.path(f'pdf-{i:03d}.png'), 0)):
                self.assertSame(shown(path, page), wanted[i], (os.path.basename(path), size))

    # --- compression by option

    def test_fax_compression_of_gray_frames(self):
        scan().convert('L').save(self.path('gray.png'))
        for name, number in (('g3', 3), ('g4', 4)):
            for options in ((), ('-o', 'tile=128,64'), ('-o', 'rowsperstrip=50'), ('-o', 'photometric=minisblack')):
                with self.subTest(name, options=options):
                    out = self.convert(self.path('gray.png'), 'out.tif', '-o', f'compression={name}', *options)
                    self.assertEqual(self.facts(out), (1, number, 1 if 'photometric=minisblack' in options else 0))
                    self.assertSame(shown(out), np.asarray(scan().convert('L')))

    def test_fax_compression_refuses_what_is_not_black_and_white(self):
        gray = np.zeros((20, 30), np.uint8)
        gray[7, 29] = 254
        Image.fromarray(gray).save(self.path('gray.png'))
        Image.new('RGB', (30, 20)).save(self.path('colour.png'))
        for source, reason in (('gray.png', 'between 0 and 255 cannot become 1 bit'), ('colour.png', 'this frame has 3')):
            printed = self.refuse(2, 'convert', self.path(source), self.path('no.tif'), '-o', 'compression=g4')
            self.assertIn(reason, printed)
            self.assertFalse(os.path.exists(self.path('no.tif')))
        self.convert(self.path('colour.png'), 'yes.tif', '-o', 'compression=g4', '--color', 'gray')

    def test_other_compressions_and_no_compression(self):
        for name in ('none', 'lzw', 'deflate', 'packbits', 'zstd', 'lzma'):
            out = self.convert(self.make(), 'out.tif', '-o', f'compression={name}')
            self.assertEqual(self.facts(out)[0], 1)
            self.run_tool('tiffcp', '-c', 'none', out, self.path('plain.tif'))
            self.assertSame(shown(self.path('plain.tif')), np.asarray(scan().convert('L')), name)

    # --- what makes bytes of bits

    def test_bits_that_become_bytes_are_reported(self):
        note = 'mim: note: samples of 1 bit become 8 bits\n'
        for target, options in (('out.raw', ()), ('out.apng', ()), ('out.tif', ('-o', 'compression=jpeg')),
                                ('out.tif', ('-o', 'imagej=yes')), ('out.tif', ('-o', 'predictor=horizontal', '-o', 'compression=lzw')),
                                ('out.pdf', ('-o', 'quality=80'))):
            with self.subTest(target, options=options):
                done = self.run_mim('convert', '--force', *options, self.make(), self.path(target))
                self.assertEqual((done.returncode, text(done.stderr)), (0, note))
        for options in (('--sample', 'u8'), ('--gray', '--sample', 'u8'), ('-i', 'scale=no')):
            self.convert(self.make(), 'out.raw', *options)
        self.convert(self.make(), 'out.gif')
        self.assertSame(shown(self.path('out.gif')), np.asarray(scan().convert('L')))

    def test_gray_inputs_make_all_gray(self):
        Image.fromarray(np.arange(WIDTH * HEIGHT, dtype=np.uint32).astype(np.uint8).reshape(HEIGHT, WIDTH)).save(self.path('gray.png'))
        done = self.run_mim('convert', self.make(), self.path('gray.png'), self.path('out.apng'))
        self.assertEqual((done.returncode, text(done.stderr)),
                         (0, 'mim: note: frames of different colours or sample types: all become gray of u8\n'))
        out = self.convert(self.path('gray.png'), 'out.tif', self.make())
        with Image.open(out) as picture:
            self.assertEqual([picture.seek(page) or picture.tag_v2[258][0] for page in (0, 1)], [1, 8])
        self.assertSame(shown(out), np.asarray(scan().convert('L')))

    def test_readers_give_bytes(self):
        facts = self.info(self.make())
        self.assertEqual(facts['each'][0]['sample'], 'u8')
        self.assertSame(self.pixels(self.path('in.tif'))[0][..., 0], np.asarray(scan().convert('L')))

    # --- memory

    def peak_mb(self, *args):
        """The memory of a conversion by two threads."""
        process = subprocess.Popen([mim_program(), 'convert', '--force', '--threads', '2', *args], env=self.environment())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0, args)
        return usage.ru_maxrss / 1024

    def test_large_pages_need_the_memory_of_their_bits(self):
        width, height = 8000, 20_000 # 20 MB, 160 MB as bytes
        row = np.full(width // 8, 255, np.uint8)
        row[::7] = 0x3c
        rows = row.tobytes() * 20 + b'\xff' * (width // 8) * 20
        store_rows(self.path('plain.tif'), width, height, rows)
        self.run_tool('tiffcp', '-c', 'g4', '-r', height, self.path('plain.tif'), self.path('strip.tif'))
        self.run_tool('tiffcp', '-c', 'lzw', '-t', '-w', 256, '-l', 256, self.path('plain.tif'), self.path('tiles.tif'))
        self.convert(self.path('plain.tif'), 'page.png')
        for source, target in itertools.product(('plain.tif', 'strip.tif', 'tiles.tif', 'page.png'), ('o.tif', 'o.png', 'o.pdf')):
            with self.subTest(source=source, target=target):
                self.assertPeakBelow(self.peak_mb(self.path(source), self.path(target), '--memory', '64MB'), 100)
        self.run_tool('tiffcp', '-c', 'none', self.convert(self.path('strip.tif'), 'o.tif'), self.path('o-plain.tif'))
        self.run_tool('tiffcp', '-c', 'none', self.convert(self.path('page.png'), 'o.tif'), self.path('p-plain.tif'))
        for name in ('o-plain.tif', 'p-plain.tif'):
            with Image.open(self.path(name)) as picture:
                self.assertEqual(np.packbits(np.asarray(picture), axis=1).tobytes(), rows * (height // 40), name)


if __name__ == '__main__':
    tap.main()
