#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writing PNG: files read by Pillow, ffmpeg, ImageMagick and pngcheck; options; metadata that is kept; sizes."""

import io

import numpy as np
from PIL import Image

import pictures
import tap
from peers import PeerCase

FILTERS = ('auto', 'none', 'sub', 'up', 'average', 'paeth')
FFMPEG = {1: 'gray16le', 2: 'ya16le', 3: 'rgb48le', 4: 'rgba64le'}


def picture(height, width, channels, dtype=np.uint8, seed=2):
    """A ramp, a flat part and noise side by side."""
    random = np.random.default_rng(seed)
    most = np.iinfo(dtype).max
    ramp = np.add.outer(np.arange(height), np.arange(width))[..., None] * (most // (height + width)) + np.arange(channels)
    noise = random.integers(0, most, (height, width, channels), endpoint=True)
    place = np.arange(width)[None, :, None] * 3 // width
    return np.select([place == 0, place == 1], [ramp % (most + 1), np.full_like(noise, 77)], noise).astype(dtype)


def mode_of(channels):
    return {1: 'L', 2: 'LA', 3: 'RGB', 4: 'RGBA'}[channels]


class Written(PeerCase):
    def write(self, array, *options):
        args = [word for option in options for word in ('-o', option)]
        self.mim('convert', '-q', *self.raw_input([array]), self.path('out.png'), '--force', *args)
        return self.path('out.png')

    def by_peers(self, path, array):
        """Reads the file with every peer that supports these samples."""
        height, width, channels = array.shape
        if array.dtype == np.uint8:
            with Image.open(path) as image:
                self.assertEqual(image.mode, mode_of(channels))
                theirs = np.array(image)
        else:
            raw = self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', FFMPEG[channels], '-')
            theirs = np.frombuffer(raw, '<u2').astype(np.uint16)
        self.assertSame(theirs.reshape(array.shape), array, path)
        self.assertIn(b'OK:', self.run_tool('pngcheck', path))

    def test_every_layout_filter_and_interlacing(self):
        for channels in (1, 2, 3, 4):
            for dtype in (np.uint8, np.uint16):
                for number, kind in enumerate(FILTERS):
                    interlace = ('no', 'yes')[(number + channels) % 2]
                    with self.subTest(channels, dtype=dtype.__name__, filter=kind, interlace=interlace):
                        array = picture(37, 45, channels, dtype)
                        path = self.write(array, f'filter={kind}', f'interlace={interlace}')
                        self.assertSame(self.pixels(path)[0], array)
                        self.by_peers(path, array)

    def test_every_level(self):
        array = picture(90, 80, 3)
        sizes = {}
        for level in range(13):
            path = self.write(array, f'level={level}')
            self.by_peers(path, array)
            sizes[level] = len(self.get('out.png'))
        self.assertGreater(sizes[0], array.nbytes)
        self.assertLess(sizes[6], sizes[0] * 0.7)
        self.assertLessEqual(sizes[12], sizes[6])

    def test_small_sizes(self):
        for height, width in ((1, 1), (1, 9), (9, 1), (2, 2), (3, 7), (8, 8)):
            for interlace in ('no', 'yes'):
                with self.subTest(f'{width}x{height}', interlace=interlace):
                    array = picture(height, width, 4, np.uint16)
                    self.by_peers(self.write(array, f'interlace={interlace}'), array)

    def test_large_pictures_are_compressed_in_parts(self):
        flat = np.broadcast_to(np.arange(3300)[None, :, None] // 9, (2100, 3300, 3)).astype(np.uint8)
        noisy = np.random.default_rng(1).integers(0, 256, (2100, 3300, 3)).astype(np.uint8)
        for name, array in (('flat', flat), ('noisy', noisy)):
            for interlace in ('no', 'yes') if name == 'flat' else ('no',):
                with self.subTest(name, interlace=interlace):
                    path = self.write(array, f'interlace={interlace}', 'level=2')
                    self.by_peers(path, array)
                    self.mim('convert', '-q', '--threads', 1, *self.raw_input([array]), self.path('one.png'), '--force', '-o',
                             f'interlace={interlace}', '-o', 'level=2')
                    self.assertEqual(self.get('one.png'), self.get('out.png'))

    def test_no_larger_than_pillow(self):
        """With default options. tests/bench measures the time."""
        photo = np.array(Image.open(pictures.PHOTOGRAPH))
        drawing = np.full((300, 400, 3), 255, np.uint8)
        for i in range(40):
            drawing[7 * i:7 * i + 4, 20:20 + 9 * i] = (i, 80, 255 - i)
        for name, array in (('photo', photo), ('drawing', drawing)):
            with self.subTest(name):
                theirs = io.BytesIO()
                Image.fromarray(array).save(theirs, 'PNG')
                self.write(array)
                self.assertLessEqual(len(self.get('out.png')), len(theirs.getvalue()))


class Samples(PeerCase):
    def test_other_types_become_the_nearest(self):
        cases = ((np.uint32, 1 << 31, 32768), (np.int16, 1000, 2000), (np.float32, 0.5, 32768))
        for dtype, value, expected in cases:
            with self.subTest(np.dtype(dtype).name):
                done = self.run_mim('convert', *self.raw_input([np.full((4, 4, 1), value, dtype)]), self.path('o.png'), '--force')
                self.assertEqual(done.returncode, 0, done.stderr)
                frame = self.pixels(self.path('o.png'))[0]
                self.assertEqual(frame.dtype, np.uint16)
                self.assertLessEqual(abs(int(frame[0, 0, 0]) - expected), 1)

    def test_five_channels_are_refused(self):
        said = self.refuse(2, 'convert', *self.raw_input([np.zeros((4, 4, 5), np.uint8)]), self.path('o.png'))
        self.assertIn('PNG takes 1 to 4 channels, this frame has 5', said)
        self.assertNothingBeside('in.raw')


class Retained(PeerCase):
    def write(self, *args):
        self.mim('convert', '-q', *self.raw_input([picture(5, 5, 3)]), self.path('o.png'), '--force', *args)
        return self.info(self.path('o.png'))['metadata']

    def test_options(self):
        said = self.write('-o', 'dpi=300', '-o', 'text:Title=Größe', '-o', 'text:Odd key=ключ', '-o', 'text:Comment=')
        self.assertEqual((said['title'], said['text:Odd key'], said['comment']), ('Größe', 'ключ', ''))
        self.assertEqual([str(axis) for axis in said['resolution']], ['118.11', '118.11'])
        with Image.open(self.path('o.png')) as image:
            self.assertAlmostEqual(image.info['dpi'][0], 300, delta=0.01)
            self.assertEqual((image.text['Title'], image.text['Odd key']), ('Größe', 'ключ'))
        self.assertEqual([str(axis) for axis in self.write('-o', 'dpi=72,96')['resolution']], ['28.35', '37.8'])
        self.assertIn(b'OK:', self.run_tool('pngcheck', self.path('o.png')))

    def test_invalid_options_are_refused(self):
        source = self.raw_input([picture(5, 5, 3)])
        for option, words in (('dpi=0', 'above 0'), ('dpi=1,2,3', 'one or two'), ('text: x=1', 'keyword'),
                              (f'text:{"k" * 80}=1', 'keyword'), ('level=13', '0..12'), ('filter=best', 'paeth')):
            with self.subTest(option):
                self.assertIn(words, self.refuse(2, 'convert', *source, self.path('o.png'), '-o', option))
                self.assertNothingBeside('in.raw')

    def test_png_to_png_is_lossless(self):
        import struct
        import zlib
        from pngbytes import RGB, chunk, png, samples_of
        profile = bytes(16) + b'RGB ' + bytes(range(200))
        before = (chunk('iCCP', b'p\0\0' + zlib.compress(profile)) + chunk('gAMA', struct.pack('>I', 45455)) +
                  chunk('cHRM', struct.pack('>8I', *range(1000, 9000, 1000))) + chunk('pHYs', struct.pack('>IIB', 11811, 5, 1)) +
                  chunk('tIME', struct.pack('>HBBBBB', 2024, 2, 29, 23, 59, 60)) + chunk('eXIf', b'MM\0*') +
                  chunk('tEXt', b'Title\0J\xfcrg') + chunk('tEXt', b'Any key\0any') +
                  chunk('iTXt', b'Author\0\0\0\0\0' + 'Ω'.encode()) + chunk('tEXt', b'Creation Time\x002024-05-06T07:08:09'))
        path = self.put('in.png', png(samples_of(RGB, 8, 5, 5), 8, RGB, before=before))
        self.mim('convert', '--strict', path, self.path('out.png'))
        one, other = self.info(path)['metadata'], self.info(self.path('out.png'))['metadata']
        self.assertEqual(one, other)
        with Image.open(self.path('out.png')) as image:
            self.assertEqual((image.info['icc_profile'], image.info['gamma']), (profile, 0.45455))
            self.assertEqual(image.text['Author'], 'Ω')

    def test_tiff_to_png_and_back_keeps_common_metadata(self):
        source = self.raw_input([picture(5, 5, 1, np.uint16)])
        self.mim('convert', *source, self.path('a.tif'), '-o', 'resolution=300,300', '-o', 'artist=Žofie', '-o',
                 'description=what', '-o', 'software=x')
        self.mim('convert', '-q', self.path('a.tif'), self.path('b.png'))
        said = self.info(self.path('b.png'))['metadata']
        self.assertEqual((said['author'], said['description'], said['software']), ('Žofie', 'what', 'x'))
        self.mim('convert', '-q', self.path('b.png'), self.path('c.tif'))
        self.assertSame(self.pixels(self.path('c.tif'))[0], self.pixels(self.path('a.tif'))[0])
        self.assertEqual(self.info(self.path('c.tif'))['each'][0]['metadata']['resolution_unit'], 'cm')

    def test_profile_for_other_samples_is_left_out_with_a_note(self):
        profile = bytes(16) + b'RGB ' + bytes(100)
        Image.new('RGB', (3, 3)).save(self.path('a.png'), icc_profile=profile)
        done = self.run_mim('convert', self.path('a.png'), self.path('b.png'), '--gray')
        self.assertIn('profile does not match the samples', done.stderr.decode())
        self.assertNotIn('icc', self.info(self.path('b.png'))['metadata'])


if __name__ == '__main__':
    tap.main()
