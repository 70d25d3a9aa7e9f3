#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reading PNG: every colour type, depth and interlacing, with and without transparency, against Pillow, ffmpeg and the
original samples; metadata; damaged and hostile files."""

import io
import struct
import zlib

import numpy as np
from PIL import Image, PngImagePlugin

import pngbytes
import tap
from peers import PeerCase
from pngbytes import GRAY, GRAY_ALPHA, PALETTE, RGB, RGBA, chunk

SIZES = ((1, 1), (3, 5), (8, 8), (33, 17))
FFMPEG = {(1, 16): ('gray16le', '<u2'), (2, 16): ('ya16le', '<u2'), (3, 16): ('rgb48le', '<u2'), (4, 16): ('rgba64le', '<u2'),
          (1, 8): ('gray', 'u1'), (2, 8): ('ya8', 'u1'), (3, 8): ('rgb24', 'u1'), (4, 8): ('rgba', 'u1')}


def transparent_of(colour, samples, depth):
    if colour == PALETTE:
        return [0, 128, 255, 7][:min(4, 1 << depth)]
    return tuple(samples[0, 0])


def by_pillow(data):
    """8-bit channels; Pillow keeps 16 bits only of gray."""
    with Image.open(io.BytesIO(data)) as image:
        if image.mode == 'P':
            image = image.convert('RGBA' if 'transparency' in image.info else 'RGB')
        elif 'transparency' in image.info:
            image = image.convert('RGBA')
        elif image.mode == '1':
            image = image.convert('L')
        array = np.array(image)
    return array if array.ndim == 3 else array[..., None]


class Reading(PeerCase):
    def by_ffmpeg(self, path, expected):
        kind, dtype = FFMPEG[expected.shape[2], expected.dtype.itemsize * 8]
        raw = self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-f', 'rawvideo', '-pix_fmt', kind, '-')
        return np.frombuffer(raw, dtype).astype(expected.dtype).reshape(expected.shape)

    def matrix(self):
        for colour, depths in pngbytes.DEPTHS.items():
            for depth in depths:
                for interlace in (0, 1):
                    for has_transparency in (False, True) if colour in (GRAY, RGB, PALETTE) else (False,):
                        yield colour, depth, interlace, has_transparency

    def test_every_picture_equals_its_samples(self):
        files, truth = [], []
        for number, (colour, depth, interlace, has_transparency) in enumerate(self.matrix()):
            for width, height in SIZES:
                samples = pngbytes.samples_of(colour, depth, width, height, number)
                palette = pngbytes.palette_of(depth) if colour == PALETTE else None
                clear = transparent_of(colour, samples, depth) if has_transparency else None
                before = chunk('PLTE', palette.tobytes()) if palette is not None else b''
                before += pngbytes.transparency_chunk(colour, clear) if clear is not None else b''
                data = pngbytes.png(samples, depth, colour, interlace, before, pieces=number % 3 + 1)
                name = f'{pngbytes.NAMES[colour]}-{depth}-{interlace}-{int(has_transparency)}-{width}x{height}.png'
                files.append(self.put(name, data))
                truth.append(pngbytes.delivered(samples, depth, colour, palette, clear))
        for path, expected in zip(files, truth):
            with self.subTest(path.rsplit('/', 1)[-1]):
                self.assertSame(self.pixels(path)[0], expected)
                self.against_pillow(path, expected)

    def against_pillow(self, path, expected):
        if expected.dtype == np.uint16 and expected.shape[2] > 1:
            return  # Pillow has no such mode; see test_sixteen_bits_equal_ffmpeg
        with open(path, 'rb') as file:
            theirs = by_pillow(file.read())
        if theirs.shape[2] == 4 and expected.shape[2] == 2:
            expected = expected[..., [0, 0, 0, 1]]
        if path.rsplit('/', 1)[-1].startswith(('gray-1-', 'gray-2-', 'gray-4-')) and expected.shape[2] == 4:
            # Pillow compares the transparent value with scaled samples; ImageMagick scales both
            magick = self.run_tool('convert', path, '-depth', 8, 'rgba:-')
            theirs = np.concatenate([theirs[..., :3], np.frombuffer(magick, np.uint8).reshape(expected.shape)[..., 3:]], axis=2)
        self.assertSame(theirs.astype(expected.dtype), expected, 'Pillow')

    def test_sixteen_bits_equal_ffmpeg(self):
        for colour in (GRAY, RGB, GRAY_ALPHA, RGBA):
            for interlace in (0, 1):
                with self.subTest(pngbytes.NAMES[colour], interlace=interlace):
                    data = pngbytes.png(pngbytes.samples_of(colour, 16, 37, 21), 16, colour, interlace)
                    path = self.put('deep.png', data)
                    ours = self.pixels(path)[0]
                    self.assertSame(ours, self.by_ffmpeg(path, ours))

    def test_files_written_by_pillow(self):
        random = np.random.default_rng(3)
        for mode, channels in (('L', 1), ('LA', 2), ('RGB', 3), ('RGBA', 4)):
            for options in ({}, {'optimize': True}, {'compress_level': 0}):
                with self.subTest(mode, **options):
                    array = random.integers(0, 256, (40, 51, channels)).astype(np.uint8)
                    path = self.path('p.png')
                    Image.fromarray(array if channels > 1 else array[..., 0], mode).save(path, **options)
                    self.assertSame(self.pixels(path)[0], array)

    def test_palette_option_returns_indices(self):
        samples = pngbytes.samples_of(PALETTE, 4, 9, 7)
        palette = pngbytes.palette_of(4)
        path = self.put('p.png', pngbytes.png(samples, 4, PALETTE, 1, chunk('PLTE', palette.tobytes())))
        self.assertSame(self.pixels(path, '-i', 'palette=yes')[0], samples.astype(np.uint8))
        rgb = self.put('rgb.png', pngbytes.png(pngbytes.samples_of(RGB, 8, 4, 4), 8, RGB))
        self.assertEqual(self.pixels(rgb, '-i', 'palette=yes')[0].shape, (4, 4, 3))


class Metadata(PeerCase):
    def metadata(self, before=b'', after=b'', colour=RGB, **more):
        samples = pngbytes.samples_of(colour, 8, 4, 4)
        path = self.put('m.png', pngbytes.png(samples, 8, colour, before=before, after=after))
        return self.info(path, **more)['metadata']

    def test_numbers_and_units(self):
        said = self.metadata(chunk('gAMA', struct.pack('>I', 45455)) +
                             chunk('cHRM', struct.pack('>8I', 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)) +
                             chunk('sRGB', b'\1') + chunk('sBIT', bytes((5, 6, 5))) + chunk('bKGD', struct.pack('>3H', 1, 2, 3)) +
                             chunk('pHYs', struct.pack('>IIB', 11811, 2835, 1)) +
                             chunk('tIME', struct.pack('>HBBBBB', 2024, 5, 6, 7, 8, 9)) + chunk('eXIf', b'MM\0*'))
        self.assertEqual(said['gamma'], 0.45455)
        self.assertEqual(said['chromaticities'], [0.3127, 0.329, 0.64, 0.33, 0.3, 0.6, 0.15, 0.06])
        self.assertEqual(said['srgb'], 'relative')
        self.assertEqual(said['significant_bits'], [5, 6, 5])
        self.assertEqual(said['background'], [1, 2, 3])
        self.assertEqual([str(axis) for axis in said['resolution']], ['118.11', '28.35'])
        self.assertEqual(said['resolution_unit'], 'cm')
        self.assertEqual(said['modified'], '2024-05-06T07:08:09Z')
        self.assertEqual((said['bits'], said['color_type'], said['interlaced']), (8, 'rgb', 0))
        said = self.metadata(chunk('pHYs', struct.pack('>IIB', 3, 4, 0)))
        self.assertEqual([str(axis) for axis in said['resolution']] + [said['resolution_unit']], ['3.0', '4.0', 'none'])

    def test_all_kinds_of_texts_before_and_after_the_pixels(self):
        said = self.metadata(
            chunk('tEXt', b'Title\0J\xfcrg') + chunk('zTXt', b'Comment\0\0' + zlib.compress(b'long ' * 99)) +
            chunk('iTXt', b'Author\0\0\0de\0Autor\0' + 'Žofie'.encode()) +
            chunk('iTXt', b'Odd Key\0\1\0\0\0' + zlib.compress('ключ'.encode())),
            chunk('tEXt', b'Software\0mim') + chunk('tEXt', b'Title\0and more') +
            chunk('tEXt', b'Creation Time\x002024-05-06T07:08:09+02:00'))
        self.assertEqual(said['title'], 'Jürg\nand more')
        self.assertEqual(said['comment'], 'long ' * 99)
        self.assertEqual(said['author'], 'Žofie')
        self.assertEqual(said['text:Odd Key'], 'ключ')
        self.assertEqual(said['software'], 'mim')
        self.assertEqual(said['datetime'], '2024-05-06T07:08:09+02:00')
        self.assertEqual(self.metadata(chunk('tEXt', b'Creation Time\0yesterday'))['text:Creation Time'], 'yesterday')

    def test_metadata_written_by_pillow(self):
        path = self.path('p.png')
        info = PngImagePlugin.PngInfo()
        info.add_text('Description', 'plain')
        info.add_itxt('Copyright', '©', zip=True)
        Image.new('RGB', (3, 3)).save(path, pnginfo=info, dpi=(300, 300), icc_profile=bytes(16) + b'RGB ' + bytes(300))
        said = self.info(path)['metadata']
        self.assertEqual((said['description'], said['copyright']), ('plain', '©'))
        self.assertEqual([str(axis) for axis in said['resolution']], ['118.11', '118.11'])
        self.assertIn('icc', said)

    def test_chunks_without_a_key_are_stated_once(self):
        said = self.metadata(chunk('oFFs', bytes(9)) + chunk('prVt', b'abc') + chunk('prVt', b'abcd') + chunk('iDOT', bytes(8)))
        self.assertEqual({key: value for key, value in said.items() if key.startswith('chunk:')}, {'chunk:oFFs': 9, 'chunk:prVt': 3})
        path = self.put('p.png', pngbytes.png(pngbytes.samples_of(RGB, 8, 4, 4), 8, RGB, before=chunk('oFFs', bytes(9))))
        for name in ('o.png', 'o.tif', 'o.mkv'):
            self.assertIn("cannot keep the metadata 'chunk:oFFs'", self.run_mim('convert', path, self.path(name)).stderr.decode())

    def test_damaged_chunk_is_ignored(self):
        for bad in (chunk('tEXt', b'Title\0x', crc=1), chunk('tEXt', b'no end'), chunk('gAMA', b'123'), chunk('gAMA', bytes(4)),
                    chunk('zTXt', b'Title\0\0not zlib'), chunk('iCCP', b'x\0\0junk'), chunk('pHYs', bytes(9)),
                    chunk('iTXt', b'Title\0\2\0\0\0x'), chunk('tIME', bytes(6)), chunk('sRGB', b'\7')):
            with self.subTest(bad[4:8].decode(), size=len(bad)):
                path = self.put('m.png', pngbytes.png(pngbytes.samples_of(RGB, 8, 4, 4), 8, RGB, before=bad))
                done = self.run_mim('convert', path, '-', '--to', 'raw')
                self.assertEqual((done.returncode, len(done.stdout)), (0, 48))
                self.assertIn(f'chunk {bad[4:8].decode()} is ignored', done.stderr.decode())


class Damage(PeerCase):
    def setUp(self):
        super().setUp()
        self.samples = pngbytes.samples_of(RGB, 8, 30, 20)

    def refuse_all(self, cases, code=6):
        for name, (data, words) in cases.items():
            with self.subTest(name):
                said = self.refuse(code, 'convert', self.put('bad.png', data), self.path('out.raw'))
                self.assertIn(words, said)
                self.assertNothingBeside('bad.png')

    def test_every_truncation_is_reported(self):
        data = pngbytes.png(self.samples[:4, :4], 8, RGB, after=chunk('tEXt', b'Title\0x'))
        pixels = data.index(b'tEXt') - 4
        for end in range(len(data)):
            convert = 'convert', '--from', 'png', self.put('cut.png', data[:end]), self.path('out.png')
            self.refuse(6, *convert, '--strict')
            if end < pixels:
                self.refuse(6, *convert)
        self.assertNothingBeside('cut.png')

    def test_damage_is_reported(self):
        whole = pngbytes.png(self.samples, 8, RGB)
        at = whole.index(b'IDAT') + 40
        raw = pngbytes.filtered(self.samples, 8)
        head = pngbytes.SIGNATURE + pngbytes.ihdr(30, 20, 8, RGB)
        end = chunk('IEND')
        self.refuse_all({
            'a flipped bit': (whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:], 'libpng: IDAT: '),
            'a wrong checksum of the header': (whole.replace(zlib.crc32(whole[12:29]).to_bytes(4, 'big'), b'abcd', 1), 'checksum of chunk IHDR'),
            'a wrong checksum of the pixels': (head + chunk('IDAT', zlib.compress(raw), crc=5) + end, 'checksum of chunk IDAT'),
            'too few rows': (head + chunk('IDAT', zlib.compress(raw[:-91])) + end, 'libpng: Not enough image data'),
            'no zlib': (head + chunk('IDAT', b'x' * 50) + end, 'libpng: '),
            'an invalid filter': (head + chunk('IDAT', zlib.compress(b'\x07' + raw[1:])) + end, 'libpng: bad adaptive filter'),
            'no pixels': (head + end, 'no IDAT before IEND'),
            'two headers': (head + pngbytes.ihdr(1, 1, 8, 0) + end, 'second IHDR'),
            'no header': (pngbytes.SIGNATURE + chunk('tEXt', b'a\0b') + end, 'not a whole IHDR'),
            'an invalid colour type': (pngbytes.SIGNATURE + pngbytes.ihdr(1, 1, 8, 5) + end, 'colour type 5'),
            'an invalid depth': (pngbytes.SIGNATURE + pngbytes.ihdr(1, 1, 3, 0) + end, 'with 3 bits'),
            'no width': (pngbytes.SIGNATURE + pngbytes.ihdr(0, 1, 8, 0) + end, '0x1 pixels'),
            'a missing palette': (pngbytes.png(self.samples[..., :1], 8, PALETTE), 'PLTE is missing'),
            'an invalid chunk type': (head + struct.pack('>I', 0) + b'ID\0T' + bytes(4) + end, 'invalid chunk type'),
            'a chunk of 3 GB': (head + struct.pack('>I', 3 << 30) + b'tEXt' + end, 'claims 3221225472 bytes'),
            'an IEND with data': (head + pngbytes.idat(pngbytes.pixels(self.samples, 8)) + chunk('IEND', b'x'), 'chunk IEND has 1'),
        })

    def test_unknown_features_are_unsupported(self):
        head = pngbytes.SIGNATURE + pngbytes.ihdr(4, 4, 8, 0)
        for data, words in ((head + chunk('CgBI', bytes(4)), 'unknown critical chunk CgBI'),
                            (pngbytes.SIGNATURE + pngbytes.ihdr(4, 4, 8, 0, 2), 'interlacing 2')):
            done = self.run_mim('convert', self.put('odd.png', data), self.path('out.raw'))
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr.decode())

    def test_bytes_after_the_pixels_are_ignored(self):
        data = pngbytes.SIGNATURE + pngbytes.ihdr(30, 20, 8, RGB) + pngbytes.idat(
            pngbytes.pixels(self.samples, 8) + b'more') + chunk('IEND') + b'and more'
        self.assertSame(self.pixels(self.put('x.png', data))[0], self.samples.astype(np.uint8))


class Hostile(PeerCase):
    def test_huge_size_is_a_limit_for_pixels_only(self):
        path = self.put('huge.png', pngbytes.SIGNATURE + pngbytes.ihdr(0x7fffffff, 0x7fffffff, 16, RGBA) +
                        chunk('IDAT', zlib.compress(b'')) + chunk('IEND'))
        self.assertEqual(self.info(path)['width'], 0x7fffffff)
        self.refuse(5, 'convert', path, self.path('out.raw'))

    def test_compression_bombs_in_metadata_are_ignored(self):
        packer = zlib.compressobj(9)
        zeros = b''.join([packer.compress(bytes(1 << 20)) for _ in range(200)]) + packer.flush()
        for bomb in (chunk('zTXt', b'Title\0\0' + zeros), chunk('iTXt', b'Title\0\1\0\0\0' + zeros),
                     chunk('iCCP', b'profile\0\0' + zeros)):
            with self.subTest(bomb[4:8].decode()):
                samples = pngbytes.samples_of(GRAY, 8, 2, 2)
                path = self.put('bomb.png', pngbytes.png(samples, 8, GRAY, before=bomb))
                self.assertSame(self.pixels(path)[0], samples.astype(np.uint8))
                said = self.refuse(7, 'convert', path, self.path('out.raw'), '--strict')
                self.assertIn(f'chunk {bomb[4:8].decode()} is ignored: it exceeds the limits', said)

    def test_surplus_pixels_are_not_decompressed(self):
        packer = zlib.compressobj(9)
        zeros = b''.join([packer.compress(bytes(1 << 20)) for _ in range(300)]) + packer.flush()
        path = self.put('bomb.png', pngbytes.SIGNATURE + pngbytes.ihdr(4, 4, 8, GRAY) + chunk('IDAT', zeros) + chunk('IEND'))
        self.assertSame(self.pixels(path)[0], np.zeros((4, 4, 1), np.uint8))

    def test_a_million_chunks_are_skipped(self):
        many = chunk('abCd') * 1000000
        path = self.put('many.png', pngbytes.png(pngbytes.samples_of(GRAY, 8, 2, 2), 8, GRAY, before=many))
        self.assertEqual(self.info(path)['frames'], 1)

    def test_texts_beyond_a_thousand_are_ignored_with_a_note(self):
        many = b''.join(chunk('tEXt', b'key%d\0x' % i) for i in range(20000))
        path = self.put('many.png', pngbytes.png(pngbytes.samples_of(GRAY, 8, 2, 2), 8, GRAY, before=many))
        done = self.run_mim('convert', path, self.path('out.png'))
        self.assertEqual(done.returncode, 0)
        self.assertIn('too many texts', done.stderr.decode())
        self.assertEqual(len([key for key in self.info(self.path('out.png'))['metadata'] if key.startswith('text:')]), 1000)


if __name__ == '__main__':
    tap.main()
