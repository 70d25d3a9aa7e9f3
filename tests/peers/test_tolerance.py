#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Files that other programs open although something in them is odd, missing or damaged: mim opens them too, says so, and gets
the same pixels."""

import json
import os
import re
import struct
import subprocess
import zlib

import numpy as np
import tifffile
from PIL import Image, ImageOps

import pictures
import tap
from peers import PeerCase, text, tool
from tiffbytes import ASCII, BYTE, LONG, RATIONAL, SHORT, page, tiff

MODES = ('L', 'LA', 'RGB', 'RGBA', 'P')


class ToleranceCase(PeerCase):
    def convert(self, *args, code=0):
        """Convert, and return what mim says on standard error."""
        done = self.run_mim('convert', '-f', *args)
        said = text(done.stderr)
        self.assertEqual(done.returncode, code, f'{args}: {said}')
        return said


def picture(mode, seed=0, width=24, height=16):
    """A picture with few colours, so that a palette holds them all, and with alpha that is 0 or 255."""
    values = np.random.default_rng(seed).integers(0, 4, (height, width, 4)) * 85
    values[..., 3] = np.where(values[..., 3] > 85, 255, 0)
    made = Image.fromarray(values.astype(np.uint8), 'RGBA')
    return made.convert('RGB').quantize(64) if mode == 'P' else made.convert(mode)


class Mixed(ToleranceCase):
    def write_pictures(self):
        for i, mode in enumerate(MODES):
            picture(mode, i).save(self.path(f'f{i}.png'))
        return [self.path(f'f{i}.png') for i in range(len(MODES))]

    def by_pillow(self, names):
        return [np.asarray(Image.open(name).convert('RGBA')) for name in names]

    def test_pictures_of_any_colours_join_in_one_animation(self):
        names = self.write_pictures()
        expected = self.by_pillow(names)
        for inputs in ([self.path('f%d.png')], names, names[::-1]):
            with self.subTest(len(inputs)):
                said = self.convert(*inputs, self.path('out.apng'))
                self.assertIn('all become RGBA of u8', said)
                order = expected[::-1] if inputs == names[::-1] else expected
                self.assertSameFrames(self.pixels(self.path('out.apng')), order)
                with Image.open(self.path('out.apng')) as out:
                    for i, frame in enumerate(order):
                        out.seek(i)
                        self.assertSame(np.asarray(out.convert('RGBA')), frame)

    def test_every_format_of_one_kind_takes_them(self):
        names = self.write_pictures()
        for ending in ('gif', 'apng', 'mp4', 'mkv', 'webm', 'mov', 'avi', 'raw'):
            with self.subTest(ending):
                said = self.convert(*names, self.path('out.' + ending))
                self.assertEqual(said.count('all become'), 1)
                if ending != 'raw':
                    self.assertEqual(self.info(self.path('out.' + ending), '--count')['frames'], len(names))

    def test_pages_keep_their_colours(self):
        names = self.write_pictures()
        self.assertNotIn('all become', self.convert(*names, self.path('out.tif')))
        with tifffile.TiffFile(self.path('out.tif')) as file:
            self.assertEqual([page.samplesperpixel for page in file.pages], [1, 2, 3, 4, 3])

    def test_pages_of_a_tiff_join(self):
        frames = [np.asarray(picture(mode, i)) for i, mode in enumerate(MODES[:4])]
        with tifffile.TiffWriter(self.path('in.tif')) as file:
            for frame, mode in zip(frames, MODES):
                file.write(frame, photometric='rgb' if 'RGB' in mode else 'minisblack', metadata=None,
                           extrasamples=['unassalpha'] if 'A' in mode else None)
        self.assertIn('all become RGBA', self.convert(self.path('in.tif'), self.path('out.apng')))
        expected = [np.asarray(picture(mode, i).convert('RGBA')) for i, mode in enumerate(MODES[:4])]
        self.assertSameFrames(self.pixels(self.path('out.apng')), expected)

    def test_depths_join(self):
        deep = pictures.samples(np.uint16, 1, 16, 24, 1)[0]
        tifffile.imwrite(self.path('deep.tif'), deep[..., 0])
        picture('RGB').save(self.path('rgb.png'))
        self.assertIn('RGB of u16', self.convert(self.path('rgb.png'), self.path('deep.tif'), self.path('out.apng')))
        wide = np.asarray(picture('RGB')).astype(np.uint16) * 257
        self.assertSameFrames(self.pixels(self.path('out.apng')), [wide, np.repeat(deep, 3, axis=2)])

    def test_only_selected_frames_count(self):
        self.write_pictures()
        said = self.convert('--frames', '2,4', self.path('f%d.png'), self.path('out.apng'))
        self.assertNotIn('all become', said)
        self.assertEqual(self.info(self.path('out.apng'))['channels'], 3)

    def test_a_strict_conversion_refuses_to_join(self):
        names = self.write_pictures()
        self.assertIn('all become', self.convert('--strict', *names, self.path('out.gif'), code=7))
        self.assertFalse(os.path.exists(self.path('out.gif')))

    def test_other_sizes_are_refused_with_the_options_that_help(self):
        picture('RGB').save(self.path('a.png'))
        picture('RGB', width=30).save(self.path('b.png'))
        for ending in ('gif', 'mp4', 'apng'):
            said = self.convert(self.path('a.png'), self.path('b.png'), self.path('out.' + ending), code=2)
            self.assertIn('frame 1 is 30x16, the first is 24x16', said)
            self.assertIn('--frames', said)
            self.assertIn('-i size=WxH', said)
        self.convert(self.path('a.png'), self.path('b.png'), self.path('out_%d.png'))
        self.convert(self.path('a.png'), self.path('b.png'), self.path('out.tif'))


class Cut(ToleranceCase):
    def animation(self, count=3):
        frames = [picture('RGB', i) for i in range(count)]
        frames[0].save(self.path('whole.png'), save_all=True, append_images=frames[1:], duration=100)
        return self.get('whole.png'), [np.asarray(frame) for frame in frames]

    def assertNoEnd(self, path, frames, words):
        """All frames, with a note; an error if losses are."""
        self.assertIn(f'mim: note: {words}: frames may be missing\n', self.convert(path, self.path('out.tif')))
        os.unlink(self.path('out.tif'))
        self.assertSameFrames(self.pixels(path), frames)
        self.assertIn(words, self.convert('--strict', path, self.path('out.tif'), code=6))
        self.assertFalse(os.path.exists(self.path('out.tif')))

    def test_a_png_without_an_end(self):
        image = picture('RGB')
        image.save(self.path('whole.png'))
        whole = self.get('whole.png')
        for cut in (12, 11, 5, 1):
            path = self.put('cut.png', whole[:-cut])
            self.assertSame(np.asarray(Image.open(path).convert('RGB')), np.asarray(image))
            self.assertNoEnd(path, [np.asarray(image)], 'the file ends without an IEND chunk')

    def test_an_apng_without_an_end(self):
        whole, frames = self.animation()
        for cut in (12, 3):
            path = self.put('cut.png', whole[:-cut])
            self.assertNoEnd(path, frames, 'the file ends without an IEND chunk')

    def test_an_apng_with_fewer_frames_than_it_counts(self):
        whole, frames = self.animation()
        last = whole.rindex(b'fcTL') - 4
        for bad in (whole[:last], whole[:last] + whole[-12:]):
            path = self.put('cut.png', bad)
            self.convert(path, self.path('out.apng'), code=6)
            self.assertFalse(os.path.exists(self.path('out.apng')))
            self.convert('--partial', path, self.path('out.apng'), code=6)
            self.assertSameFrames(self.pixels(self.path('out.apng')), frames[:2])
            os.unlink(self.path('out.apng'))

    def test_an_apng_without_frames_has_its_still(self):
        whole, frames = self.animation()
        first, pixels, after = whole.index(b'fcTL') - 4, whole.index(b'IDAT') - 4, whole.rindex(b'fcTL') - 4
        second = whole.index(b'fcTL', pixels) - 4
        self.assertLess(second, after)
        path = self.put('still.png', whole[:first] + whole[pixels:second] + whole[-12:])
        self.assertSame(np.asarray(Image.open(path).convert('RGB')), frames[0])
        self.assertIn('acTL counts 3 frames, the file has 0', self.convert(path, self.path('out.tif'), code=6))
        self.assertFalse(os.path.exists(self.path('out.tif')))
        self.convert('--partial', path, self.path('out.tif'), code=6)
        self.assertSame(tifffile.imread(self.path('out.tif')), frames[0])


FAR = object() # a value beyond the end of the file


def tiff_with(tags, *pages, **options):
    """A file of pages to which tags are added. `tags`: number to (type, count, bytes of the value or FAR)."""
    odd = []
    for number, (kind, count, value) in tags.items():
        mark = 0x7b000000 + number
        odd.append((number, mark, kind, count, b'\xff\xff\xff\x7f' if value is FAR else value.ljust(4, b'\0')))
    pages = [({**{tag: value for tag, value in entries.items() if tag not in tags},
               **{number: (LONG, [mark]) for number, mark, *_ in odd}}, strips) for entries, strips in pages]
    data = bytearray(tiff(pages, **options))
    for number, mark, kind, count, value in odd:
        entry = struct.pack('<HHII', number, LONG, 1, mark)
        while entry in data:
            at = data.index(entry)
            data[at:at + 12] = struct.pack('<HHI', number, kind, count) + value
    return bytes(data)


class TiffTags(ToleranceCase):
    BAD = {
        'software beyond the end': (305, (ASCII, 100, FAR)), 'a description of 2 GB': (270, (ASCII, 1 << 31, FAR)),
        'a resolution beyond the end': (282, (RATIONAL, 1, FAR)), 'a profile beyond the end': (34675, (7, 3000, FAR)),
        'an unknown type': (305, (99, 5, b'abcd')), 'software of numbers': (305, (SHORT, 2, b'abcd')),
        'an orientation of letters': (274, (ASCII, 2, b'6')), 'a subfile type of letters': (254, (ASCII, 4, b'abc')),
        'a private tag beyond the end': (65000, (SHORT, 1 << 30, FAR)), 'limits beyond the end': (340, (12, 1, FAR)),
        'limits of each sample': (340, (SHORT, 2, b'\0\0\1\0')), 'extra samples beyond the end': (338, (SHORT, 200, FAR)),
        'sample formats of letters': (339, (ASCII, 1, b'a')), 'primaries beyond the end': (319, (RATIONAL, 6, FAR)),
        'XMP beyond the end': (700, (BYTE, 1 << 20, FAR)), 'a date beyond the end': (306, (ASCII, 20, FAR)),
        'page numbers of letters': (297, (ASCII, 3, b'ab')), 'a transfer function beyond the end': (301, (SHORT, 768, FAR)),
    }

    def test_a_bad_tag_costs_only_that_tag(self):
        frame = pictures.samples(np.uint8, 1, 12, 20, 3)[0]
        packed = zlib.compress(frame.tobytes())
        for name, (number, tag) in self.BAD.items():
            for code, data in ((1, frame.tobytes()), (8, packed), (32773, None)):
                with self.subTest(name, compression=code):
                    data = data or b''.join(bytes([59]) + row.tobytes() for row in frame)
                    path = self.put('in.tif', tiff_with({number: tag}, page(20, 12, [data], (8, 8, 8), 2, t259=(SHORT, [code]),
                                                                            t315=(ASCII, b'An Artist\0'))))
                    said = self.convert(path, self.path('out.png'))
                    self.assertSame(np.asarray(Image.open(self.path('out.png'))), frame)
                    notes = [line for line in said.splitlines() if f'tag {number}' in line]
                    self.assertLessEqual(len(notes), 1)
                    if number != 340 or tag[2] is FAR: # libtiff minds it, mim does not
                        self.assertRegex(notes[0], r'is ignored: [^(]*$')
                        self.assertIn('is ignored', self.convert('--strict', path, self.path('no.png'), code=6))
                    self.assertEqual(self.info(path)['metadata']['artist'], 'An Artist')

    def test_a_page_without_a_size_or_place_is_damaged(self):
        for number in (256, 257, 258, 273):
            for kind, value in ((ASCII, b'ab'), (LONG, FAR))[number == 273:]:
                path = self.put('in.tif', tiff_with({number: (kind, 3, value)}, page(4, 4, [bytes(16)])))
                self.convert(path, self.path('out.png'), code=6)

    def test_lists_of_another_length_than_the_samples(self):
        frame = pictures.samples(np.uint8, 1, 12, 20, 3)[0]
        for code, data in ((1, frame.tobytes()), (8, zlib.compress(frame.tobytes()))):
            for number, value in ((258, 8), (339, 1)):
                for count in (1, 2, 4, 7):
                    with self.subTest(compression=code, tag=number, count=count):
                        path = self.put('in.tif', tiff([page(20, 12, [data], (8, 8, 8), 2, t259=(SHORT, [code]),
                                                             **{f't{number}': (SHORT, [value] * count)})]))
                        self.assertSame(self.pixels(path)[0], frame)

    def test_a_next_page_beyond_the_file(self):
        frames = pictures.samples(np.uint8, 2, 12, 20, 1)
        pages = [page(20, 12, [frame.tobytes()]) for frame in frames]
        path = self.put('in.tif', tiff(pages, last=0x7fffff00))
        for ending in ('gif', 'tif'):
            said = self.convert(path, self.path('out.' + ending))
            self.assertEqual(said.count('the next page is beyond the end of the file: pages may be missing'), 1)
        self.assertSameFrames(self.pixels(self.path('out.tif')), list(frames))
        self.assertEqual(self.info(path, '--count')['frames'], 2)
        self.convert('--strict', path, self.path('no.tif'), code=6)

    def test_a_file_that_ends_with_its_last_directory(self):
        frames = pictures.samples(np.uint8, 2, 12, 20, 1)
        for count in (1, 2):
            path = self.put('in.tif', tiff([page(20, 12, [frame.tobytes()]) for frame in frames[:count]])[:-3])
            said = self.convert(path, self.path('out.tif'))
            self.assertEqual(said.count('the file ends without the offset of a next page: pages may be missing'), 1)
            self.assertSameFrames(self.pixels(self.path('out.tif')), list(frames[:count]))
            self.convert('--strict', path, self.path('no.tif'), code=6)


class TiffColours(ToleranceCase):
    def test_fax_without_a_photometric_interpretation(self):
        image = Image.fromarray(np.random.default_rng(1).integers(0, 2, (40, 50)).astype(bool))
        for codec in ('group3', 'group4', 'tiff_ccitt'):
            with self.subTest(codec):
                image.save(self.path('in.tif'), compression=codec)
                data = bytearray(self.get('in.tif'))
                kind = struct.pack('<HHI', 262, SHORT, 1)
                at = data.index(kind)
                white = data[at + 8] == 0
                data[at:at + 2] = struct.pack('<H', 263) # Threshholding
                got = self.pixels(self.put('odd.tif', bytes(data)))[0][..., 0]
                self.assertSame(got, (np.asarray(image) if white else ~np.asarray(image)).astype(np.uint8) * 255)

    def test_palettes_with_alpha_and_extra_samples(self):
        random = np.random.default_rng(2)
        pixels = random.integers(0, 256, (12, 20, 2)).astype(np.uint8)
        colours = random.integers(0, 256, (3, 256)).astype(np.uint16)
        for kind, channels in ((0, 3), (1, 4), (2, 4)):
            for planes in (1, 2):
                with self.subTest(kind, planes=planes):
                    strips = [pixels.tobytes()] if planes == 1 else [pixels[..., i].tobytes() for i in range(2)]
                    path = self.put('in.tif', tiff([page(20, 12, strips, (8, 8), 3, t320=(SHORT, (colours * 257).flatten().tolist()),
                                                         t338=(SHORT, [kind]), t284=(SHORT, [planes]))]))
                    self.assertSame(tifffile.imread(path) if planes == 1 else np.moveaxis(tifffile.imread(path), 0, -1), pixels)
                    expected = np.concatenate([colours.astype(np.uint8).T[pixels[..., 0]], pixels[..., 1:]], axis=2)
                    self.assertSame(self.pixels(path)[0], expected[..., :channels])

    def test_ycbcr_of_16_bits(self):
        """As tifffile stores it. Pillow converts the same colours in 8 bits."""
        small = np.asarray(Image.fromarray(pictures.photograph(1)[0]).convert('YCbCr'))
        tifffile.imwrite(self.path('in.tif'), small.astype(np.uint16) * 257, photometric='ycbcr', subsampling=(1, 1))
        got = self.pixels(self.path('in.tif'))[0]
        expected = np.asarray(Image.fromarray(small, 'YCbCr').convert('RGB')).astype(int) * 257
        self.assertLessEqual(np.abs(got.astype(int) - expected).max(), 2 * 257)

    def test_icclab_with_extra_samples(self):
        lab = np.random.default_rng(3).integers(0, 256, (12, 20, 4)).astype(np.uint8)
        path = self.put('in.tif', tiff([page(20, 12, [lab.tobytes()], (8,) * 4, 9, t338=(SHORT, [0]))]))
        plain = self.put('plain.tif', tiff([page(20, 12, [lab[..., :3].tobytes()], (8,) * 3, 9)]))
        self.assertSame(self.pixels(path)[0][..., :3], self.pixels(plain)[0])

    def test_the_largest_sizes_are_facts_and_a_limit(self):
        for size in (2 ** 31 - 1, 2 ** 32 - 1):
            for compression in (1, 4, 5):
                path = self.put('huge.tif', tiff([page(size, size, [bytes(64)], rows=1 if compression == 5 else size,
                                                       t259=(SHORT, [compression]))]))
                facts = self.info(path)
                self.assertEqual((facts['width'], facts['height']), (size, size))
                said = self.convert(path, self.path('out.png'), code=5)
                self.assertIn('the limit pixels=2147483648', said)

    def test_what_is_not_supported_is_no_damage(self):
        for code in (34712, 32767, 59999):
            path = self.put('in.tif', tiff([page(4, 4, [bytes(16)], t259=(SHORT, [code]))]))
            said = self.convert('--partial', path, self.path('out.png'), code=6)
            self.assertIn(f'does not support compression {code}', said)
            self.assertNotIn('good frames', said)
            self.assertNotIn('damage', json.loads(self.mim('info', '--json', path))[0])


class Orientation(ToleranceCase):
    def test_exif_turns_a_png_as_pillow_does(self):
        for mode in ('L', 'RGB', 'RGBA', 'P', 'I;16'):
            image = (Image.fromarray(pictures.samples(np.uint16, 1, 16, 24, 1)[0][..., 0]) if mode == 'I;16'
                     else picture(mode))
            for turn in range(1, 9):
                with self.subTest(mode, orientation=turn):
                    exif = Image.Exif()
                    exif[274] = turn
                    path = self.path('in.png')
                    image.save(path, exif=exif)
                    expected = np.asarray(ImageOps.exif_transpose(Image.open(path)).convert('RGB' if mode == 'P' else None))
                    got = self.pixels(path)[0]
                    self.assertSame(got if got.shape[2] > 1 else got[..., 0], expected.astype(got.dtype))
                    self.assertEqual(self.pixels(path, '-i', 'orient=no')[0].shape[:2], (16, 24))
                    self.convert(path, self.path('out.png'))
                    again = np.asarray(ImageOps.exif_transpose(Image.open(self.path('out.png'))))
                    self.assertSame(again.astype(expected.dtype), expected)


class Fax(ToleranceCase):
    def test_bad_lines_are_counted(self):
        """As libtiff's own program repairs them, which names each."""
        image = Image.fromarray(np.random.default_rng(1).integers(0, 40, (200, 300)) < 1)
        for codec, at in (('group3', 200), ('group3', 900), ('group4', 2500)):
            with self.subTest(codec, at=at):
                image.save(self.path('in.tif'), compression=codec)
                data = bytearray(self.get('in.tif'))
                with Image.open(self.path('in.tif')) as file:
                    start = file.tag_v2[273][0]
                data[start + at] ^= 0x55
                data[start + at + 1] ^= 0x33
                path = self.put('bad.tif', bytes(data))
                done = subprocess.run([tool('tiffcp'), '-c', 'none', path, self.path('judge.tif')], stderr=subprocess.PIPE)
                lines = len(set(re.findall(r'Fax.* at line (\d+) of', text(done.stderr))))
                self.assertGreater(lines, 0)
                said = self.convert(path, self.path('out.png'))
                self.assertIn(f'note: {lines} bad line', said)
                self.assertSame(self.pixels(path)[0], self.pixels(self.path('judge.tif'))[0])
                self.convert('--strict', path, self.path('no.png'), code=6)
                self.assertNotIn('bad line', self.convert(self.path('in.tif'), self.path('out.png')))


class Reduced(ToleranceCase):
    """Pages 0, 2 and 4 are pictures, each followed by a thumbnail; the last page is a mask."""

    def setUp(self):
        super().setUp()
        self.frames = [np.asarray(picture('RGB', i)) for i in range(3)]
        self.stack = self.path('in.tif')
        with tifffile.TiffWriter(self.stack) as file:
            for frame in self.frames:
                file.write(frame, photometric='rgb', metadata=None)
                file.write(frame[::2, ::2], photometric='rgb', subfiletype=1, metadata=None)
            file.write(self.frames[0][..., 0] > 99, photometric='minisblack', subfiletype=4, metadata=None)

    def test_they_are_left_out_of_other_formats(self):
        for threads in (1, 2, 8):
            said = self.convert('--threads', threads, self.stack, self.path('out.apng'))
            self.assertIn('note: 4 reduced or mask pages are left out: the option reduced=yes keeps them', said)
            self.assertSameFrames(self.pixels(self.path('out.apng')), self.frames)
            self.convert('--threads', threads, self.stack, self.path('out_%d.png'))
            self.assertEqual(len([name for name in os.listdir(self.folder) if name.startswith('out_')]), 3)
        self.assertIn('left out', self.convert('--strict', self.stack, self.path('no.apng'), code=6))
        self.assertFalse(os.path.exists(self.path('no.apng')))

    def test_they_stay_in_tiff_and_on_request(self):
        self.assertNotIn('left out', self.convert(self.stack, self.path('out.tif')))
        self.assertEqual(self.info(self.path('out.tif'), '--count')['frames'], 7)
        self.assertNotIn('left out', self.convert('-i', 'reduced=yes', self.stack, self.path('all_%d.png')))
        self.assertEqual(len([name for name in os.listdir(self.folder) if name.startswith('all_')]), 7)

    def test_frames_count_as_info_shows(self):
        self.assertEqual(self.info(self.stack, '--count')['frames'], 7)
        self.convert('--frames', '1:5', self.stack, self.path('out.apng'))
        self.assertSameFrames(self.pixels(self.path('out.apng')), self.frames[1:])
        self.convert('--frames', '3', self.stack, self.path('one.png'))
        self.assertSame(np.asarray(Image.open(self.path('one.png'))), self.frames[1][::2, ::2])
        self.convert('--frames', '::-1', self.stack, self.path('back.apng'))
        self.assertSameFrames(self.pixels(self.path('back.apng')), self.frames[::-1])

    def test_a_file_of_nothing_else_is_converted(self):
        tifffile.imwrite(self.path('thumb.tif'), self.frames[0], photometric='rgb', subfiletype=1)
        self.convert(self.path('thumb.tif'), self.path('out.png'))
        with tifffile.TiffWriter(self.path('two.tif')) as file:
            for frame in self.frames[:2]:
                file.write(frame, photometric='rgb', subfiletype=1, metadata=None)
        self.assertNotIn('left out', self.convert(self.path('two.tif'), self.path('out.apng')))
        self.assertSameFrames(self.pixels(self.path('out.apng')), self.frames[:2])


class Avif(ToleranceCase):
    def test_pictures_and_sequences(self):
        for count in (1, 4):
            path = self.path(f'in{count}.avif')
            self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc=s=64x48:d=1:r=10', '-frames:v', count,
                          '-pix_fmt', 'yuv420p', '-c:v', 'libaom-av1', '-crf', 0, '-cpu-used', 8,
                          *(['-still-picture', 1] if count == 1 else []), path)
            facts = self.info(path, '--count')
            self.assertEqual((facts['format'], facts['plugin'], facts['frames']), ('avif', 'video', count))
            self.assertSameFrames(self.pixels(path), self.pixels(path, '--from', 'mp4', '-i', 'matrix=bt601'))


tap.main()
