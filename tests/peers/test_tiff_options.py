#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The options of TIFF writing, checked with tifffile, Pillow and libtiff's tools."""

import io
import itertools
import subprocess
import warnings

import numpy as np
import tifffile
from PIL import Image, ImageCms, PngImagePlugin

import pictures
import tap
from gifbytes import comment, control, gif, image
from peers import DTYPES, PeerCase, text, tool

warnings.simplefilter('ignore')

# Every option, its choices, its default.
WRITING = {
    'compression': ('none|lzw|deflate|packbits|jpeg|zstd|lzma|webp|g3|g4|auto', 'auto'), 'level': ('number', '-1'),
    'predictor': ('auto|none|horizontal|float', 'auto'), 'resolution': ('number or list', '-'),
    'resolutionunit': ('inch|none|cm', 'inch'), 'software': ('text', '-'), 'description': ('text', '-'),
    'datetime': ('text', '-'), 'artist': ('text', '-'),
    'photometric': ('auto|minisblack|miniswhite|rgb|ycbcr', 'auto'), 'tile': ('number or list', '-'),
    'rowsperstrip': ('number', '0'), 'bigtiff': ('auto|yes|no', 'auto'), 'imagej': ('no|yes|slices|frames', 'no'),
    'icc': ('text', '-'), 'tag': ('KEY=VALUE', '-'),
}
READING = {'raw': ('yes|no', 'no'), 'scale': ('yes|no', 'yes'), 'orient': ('yes|no', 'yes'), 'reduced': ('yes|no', 'no')}


def words(*options):
    return [word for option in options for word in ('-o', option)]


class TiffOptions(PeerCase):
    def write(self, frames, *options, name='out.tif'):
        self.mim('convert', *self.raw_input(frames), self.path(name), '--force', *words(*options))
        return self.path(name)

    def tool_words(self, *args):
        """The output of one of libtiff's tools; a warning is a failure."""
        done = subprocess.run([tool(args[0]), *args[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual((done.returncode, text(done.stderr)), (0, ''), args)
        return text(done.stdout)

    def assertWritten(self, path, frames):
        """libtiff decompresses the file without a warning, and tifffile then reads the same samples."""
        self.tool_words('tiffcp', '-c', 'none', path, self.path('plain.tif'))
        with tifffile.TiffFile(self.path('plain.tif')) as file:
            self.assertEqual(len(file.pages), len(frames))
            for page, frame in zip(file.pages, frames):
                got = page.asarray()
                self.assertEqual(got.dtype, frame.dtype)
                self.assertEqual(got.tobytes(), np.ascontiguousarray(frame).tobytes())

    def refuse_writing(self, frames, *options):
        return self.refuse(2, 'convert', *self.raw_input(frames), self.path('no.tif'), '--force', *words(*options))

    # --- the table

    def test_help_lists_every_option(self):
        output = text(self.mim('help', 'tiff'))
        reading, writing = output.split('writing tiff')
        for part, expected in ((reading, READING), (writing, WRITING)):
            rows = [line.split('  ') for line in part.splitlines() if line.startswith('  ')]
            rows = [[cell.strip() for cell in row if cell.strip()] for row in rows]
            self.assertEqual({row[0]: (row[1], row[2]) for row in rows}, expected)
            for row in rows:
                self.assertGreater(len(row[3]), 10, row)

    # --- compression, predictor, layout

    def test_every_predictor_in_every_layout(self):
        codecs, layouts = ('lzw', 'deflate', 'zstd', 'lzma'), ((), ('tile=16,32',), ('rowsperstrip=5',))
        for name, channels in itertools.product(('u8', 'u16', 'i32', 'u64', 'f32', 'f64'), (1, 3)):
            frames = pictures.samples(DTYPES[name], 2, 37, 29, channels)
            choices = ('none', 'horizontal', 'float') if name[0] == 'f' else ('none', 'horizontal')
            for codec, layout, predictor in itertools.product(codecs, layouts, choices):
                with self.subTest(sample=name, channels=channels, codec=codec, layout=''.join(layout),
                                  predictor=predictor):
                    path = self.write(frames, f'compression={codec}', f'predictor={predictor}', *layout)
                    self.assertWritten(path, frames)
                    with tifffile.TiffFile(path) as file:
                        expected = {'none': 1, 'horizontal': 2, 'float': 3}[predictor]
                        self.assertEqual(int(file.pages[0].predictor), expected)

    def test_pillow_reads_predictors_and_tiles(self):
        frames = pictures.photograph(2)
        for codec, layout in itertools.product(('lzw', 'deflate', 'packbits', 'zstd', 'lzma'), ((), ('tile=32,32',))):
            with self.subTest(codec=codec, layout=''.join(layout)):
                with Image.open(self.write(frames, f'compression={codec}', *layout)) as picture:
                    for i, frame in enumerate(frames):
                        picture.seek(i)
                        self.assertTrue(np.array_equal(np.array(picture), frame))

    def test_lzw_and_packbits_with_all_kinds_of_content(self):
        """Long runs, ramps and noise over several strips, so that tables fill up and are cleared."""
        random = np.random.default_rng(5)
        kinds = {'one value': np.full((200, 3000), 7, np.uint8),
                 'ramp': np.tile(np.arange(3000), (200, 1)).astype(np.uint8),
                 'two values': random.integers(0, 2, (200, 3000), np.uint8),
                 'noise': random.integers(0, 256, (200, 3000), np.uint8),
                 'runs': np.repeat(random.integers(0, 256, (200, 100), np.uint8), 30, axis=1)}
        for (kind, frame), codec, predictor in itertools.product(kinds.items(), ('lzw', 'packbits', 'deflate'),
                                                                 ('none', 'auto')):
            with self.subTest(kind=kind, codec=codec, predictor=predictor):
                options = [f'compression={codec}'] + (['predictor=none'] if predictor == 'none' else [])
                path = self.write([frame], *options)
                self.assertWritten(path, [frame])
                self.assertSameFrames(self.pixels(path), [frame[..., None]])

    def test_all_levels_of_deflate(self):
        frames = pictures.photograph(1)
        sizes = []
        for level in range(1, 13):
            with self.subTest(level=level):
                path = self.write(frames, 'compression=deflate', f'level={level}')
                self.assertWritten(path, frames)
                with open(path, 'rb') as file:
                    sizes.append(len(file.read()))
        self.assertLess(sizes[-1], sizes[0])

    def test_refuses_contradictory_options(self):
        gray, colour = pictures.samples(np.uint16, 1, 20, 20, 1), pictures.samples(np.uint8, 1, 20, 20, 5)
        for frames, options, message in (
                (gray, ('compression=lzw', 'predictor=float'), 'needs samples f32 or f64'),
                (gray, ('compression=packbits', 'predictor=horizontal'), 'packbits has no predictor'),
                (gray, ('predictor=horizontal',), 'none has no predictor'),
                (gray, ('compression=lzw', 'level=3'), 'lzw has no levels'),
                (gray, ('compression=deflate', 'level=13'), 'levels from 1 to 12'),
                (gray, ('compression=zstd', 'level=23'), 'levels from 1 to 22'),
                (gray, ('compression=lzma', 'level=10'), 'levels from 0 to 9'),
                (gray, ('compression=jpeg', 'level=0'), 'levels from 1 to 100'),
                (colour, ('compression=jpeg',), 'does not support 5 channels'),
                (colour, ('compression=webp',), 'does not support 5 channels'),
                (gray, ('photometric=rgb',), 'needs 3 channels'),
                (gray, ('photometric=ycbcr',), 'needs compression=jpeg'),
                (gray, ('tile=10,16',), 'multiples of 16'),
                (gray, ('bigtiff=maybe',), 'auto|yes|no'),
                (np.zeros((1, 2, 17000, 3), np.uint8), ('compression=webp',), 'more than 16383 on a side')):
            with self.subTest(' '.join(options)):
                self.assertIn(message, self.refuse_writing(frames, *options))

    # --- tags and profiles

    def test_types_of_tags(self):
        frames = pictures.samples(np.uint8, 2, 8, 8, 1)
        path = self.write(frames, 'tag:65000=1,2,70000', 'tag:65001=1/2,-3/4', 'tag:65002=0x00ff10',
                          'tag:65003=hello, you', 'tag:65004=1.5,2e3', 'tag:65005=byte:1,2,3,4,5',
                          'tag:65006=sshort:-4', 'tag:33432=me', 'tag:65007=text:5')
        expected = {65000: (4, (1, 2, 70000)), 65001: (10, (1, 2, -3, 4)), 65002: (7, b'\0\xff\x10'),
                    65003: (2, 'hello, you'), 65004: (12, (1.5, 2000.0)), 65005: (1, b'\1\2\3\4\5'), 65006: (8, -4),
                    33432: (2, 'me'), 65007: (2, '5')}
        self.mim('convert', path, self.path('again.tif'), *words('compression=lzw'))
        for name in (path, self.path('again.tif')):
            with tifffile.TiffFile(name) as file:
                for page in file.pages:
                    for tag, (kind, value) in expected.items():
                        with self.subTest(file=name, tag=tag):
                            got = page.tags[tag]
                            self.assertEqual(got.value, value)
                            if name == path:
                                self.assertEqual(int(got.dtype), kind)

    def test_refuses_tags_of_the_layout(self):
        for tag in (254, 256, 257, 258, 259, 262, 273, 277, 278, 279, 282, 283, 284, 296, 317, 322, 325, 330, 338, 339,
                    347, 34665):
            with self.subTest(tag=tag):
                message = self.refuse_writing(pictures.samples(np.uint8, 1, 8, 8, 1), f'tag:{tag}=1')
                self.assertIn(f'tag:{tag}: ', message)
        message = self.refuse_writing(pictures.samples(np.uint8, 1, 8, 8, 1), 'software=a', 'tag:305=b')
        self.assertIn('tag:305: already set by another option', message)

    def test_drops_tags_about_the_coding_of_another_file(self):
        tifffile.imwrite(self.path('in.tif'), pictures.samples(np.uint16, 8, 8), metadata=None,
                         extratags=[(280, 'H', 1, 3, True), (281, 'H', 1, 60000, True), (65000, 'I', 2, (1, 2), True)])
        done = self.run_mim('convert', self.path('in.tif'), self.path('out.tif'), '--sample', 'u8')
        self.assertEqual(done.returncode, 0)
        with tifffile.TiffFile(self.path('out.tif')) as file:
            tags = file.pages[0].tags
            self.assertEqual((280 in tags, 281 in tags, tags[65000].value), (False, False, (1, 2)))
        self.assertNotIn('tag:28', text(done.stderr))

    def test_profiles(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
        path = self.put('srgb.icc', profile)
        colour, gray = pictures.photograph(2), pictures.samples(np.uint8, 2, 8, 8, 1)
        for options, expected in (((), None), ((f'icc={path}',), profile), (('icc=none',), None)):
            with self.subTest(' '.join(options)):
                with Image.open(self.write(colour, *options)) as picture:
                    self.assertEqual(picture.info.get('icc_profile'), expected)
        self.assertIn('not for the colours', self.refuse_writing(gray, f'icc={path}'))
        self.assertIn('not an ICC profile', self.refuse_writing(gray, f'icc={self.put("no.icc", b"x" * 200)}'))
        self.refuse(7, 'convert', *self.raw_input(colour), self.path('no.tif'),
                    *words('icc=' + self.path('nothing.icc')))

        self.write(colour, f'icc={path}', name='in.tif')
        for options, expected in (((), profile), (('-o', 'icc=none'), None), (('--color', 'gray'), None)):
            with self.subTest(' '.join(options)):
                done = self.run_mim('convert', self.path('in.tif'), self.path('out.tif'), '--force', *options)
                with Image.open(self.path('out.tif')) as picture:
                    self.assertEqual(picture.info.get('icc_profile'), expected)
                self.assertEqual('profile does not match' in text(done.stderr), '--color' in options)

    # --- ImageJ

    def assertStack(self, path, frames, axes, expected):
        """The axes and the description of a file that tifffile recognizes as ImageJ's."""
        with tifffile.TiffFile(path) as file:
            self.assertTrue(file.is_imagej)
            self.assertEqual(file.series[0].kind, 'imagej')
            self.assertEqual(file.series[0].axes, axes)
            self.assertFalse(file.is_bigtiff)
            for key, value in expected.items():
                self.assertEqual(file.imagej_metadata.get(key), value, key)
            if int(file.pages[0].compression) in (1, 8):
                self.assertSame(file.asarray().reshape(-1), np.ascontiguousarray(np.stack(frames)).reshape(-1))
        self.assertWritten(path, frames)
        self.assertEqual(len(self.pixels(path)), len(frames))
        with Image.open(path) as picture:
            self.assertEqual(picture.n_frames, len(frames))

    def test_imagej_stacks_of_all_samples(self):
        for name, channels in (('u8', 1), ('u16', 1), ('i16', 1), ('f32', 1), ('u8', 3)):
            frames = pictures.samples(DTYPES[name], 7, 21, 33, channels)
            for codec in ('none', 'lzw', 'deflate', 'packbits'):
                for choice, axes, key in (('yes', 'ZYX', 'slices'), ('slices', 'ZYX', 'slices'),
                                          ('frames', 'TYX', 'frames')):
                    with self.subTest(sample=name, channels=channels, codec=codec, imagej=choice):
                        path = self.write(frames, f'imagej={choice}', f'compression={codec}')
                        self.assertStack(path, frames, axes + 'S' * (channels == 3),
                                         {key: 7, 'hyperstack': True})

    def test_images_of_an_uncompressed_stack_are_adjacent(self):
        """Like ImageJ: adjacent images from the first strip on."""
        frames = pictures.samples(np.uint16, 9, 15, 17, 1)
        path = self.write(frames, 'imagej=yes')
        block = tifffile.memmap(path, mode='r')
        self.assertSame(np.ascontiguousarray(block).reshape(-1), frames.reshape(-1))
        with tifffile.TiffFile(path) as file:
            places = [page.dataoffsets for page in file.pages]
            self.assertEqual(places, [(places[0][0] + i * 15 * 17 * 2,) for i in range(9)])
            self.assertEqual(file.imagej_metadata['images'], 9)

    def test_imagej_stacks_with_timing_have_frames(self):
        parts = [part for i in range(3) for part in (control(delay=4), image(np.full((9, 12), i)))]
        self.put('in.gif', gif(12, 9, *parts, palette=[(i, i, i) for i in range(4)]))
        self.mim('convert', self.path('in.gif'), self.path('out.tif'), *words('imagej=yes'))
        with tifffile.TiffFile(self.path('out.tif')) as file:
            self.assertEqual(file.imagej_metadata['frames'], 3)
            self.assertEqual(file.imagej_metadata['finterval'], 0.04)
            self.assertEqual(file.imagej_metadata['fps'], 25)

    def test_imagej_stacks_have_the_mean_duration_of_uneven_frames(self):
        parts = [part for i, delay in enumerate((3, 7, 10, 33)) for part in (control(delay=delay), image(np.full((9, 12), i)))]
        self.put('in.gif', gif(12, 9, *parts, palette=[(i, i, i) for i in range(4)]))
        done = self.run_mim('convert', self.path('in.gif'), self.path('out.tif'), *words('imagej=yes'))
        self.assertNotIn('keeps no timing', text(done.stderr))
        self.assertIn('frame durations differ', text(done.stderr))
        with tifffile.TiffFile(self.path('out.tif')) as file:
            self.assertEqual(file.imagej_metadata['finterval'], 0.1325)
            self.assertAlmostEqual(file.imagej_metadata['fps'], 4 / 0.53, 5)

    def test_imagej_stacks_are_timed_by_fps_or_a_short_interval(self):
        for given, seconds, interval in (({'finterval': 0.5}, 0.5, 0.5), ({'finterval': 2.0}, None, 2), ({'fps': 12.5}, 0.08, None),
                                         ({'finterval': 60.0, 'fps': 25.0}, 0.04, 60)):
            with self.subTest(given):
                tifffile.imwrite(self.path('in.tif'), np.zeros((4, 8, 9), np.uint8), imagej=True, metadata={'axes': 'TYX', **given})
                facts = self.info(self.path('in.tif'), '--each')
                self.assertEqual([each['duration'] for each in facts['each']], [seconds] * 4)
                self.assertEqual(facts['metadata'].get('frame_interval'), interval)
                done = self.run_mim('convert', '--force', self.path('in.tif'), self.path('out.gif'))
                self.assertEqual('interval of acquisition' in text(done.stderr), given == {'finterval': 0.5})

    def test_a_description_keeps_its_timing_without_a_note(self):
        tifffile.imwrite(self.path('in.tif'), np.zeros((4, 8, 9), np.uint8), imagej=True, metadata={'axes': 'TYX', 'fps': 12.5})
        for more, fps in (((), 12.5), (('--frames', '1:3'), 12.5), (('--frames', '::2'), None)):
            with self.subTest(more):
                done = self.run_mim('convert', '--force', self.path('in.tif'), self.path('out.tif'), *more)
                self.assertEqual('keeps no timing' in text(done.stderr), fps is None)
                with tifffile.TiffFile(self.path('out.tif')) as file:
                    self.assertEqual(file.imagej_metadata.get('fps'), fps)

    def test_keeps_a_hyperstack(self):
        block = np.arange(4 * 3 * 2 * 20 * 30, dtype=np.uint16).reshape(4, 3, 2, 20, 30)
        for order in '<>':
            with self.subTest(order=order):
                tifffile.imwrite(self.path('in.tif'), block, imagej=True, resolution=(2, 3), byteorder=order,
                                 metadata={'axes': 'TZCYX', 'unit': 'um', 'finterval': 0.5, 'mode': 'composite'})
                self.mim('convert', self.path('in.tif'), self.path('out.tif'), '--force', *words('imagej=yes'))
                with tifffile.TiffFile(self.path('out.tif')) as file:
                    self.assertEqual(file.series[0].axes, 'TZCYX')
                    self.assertTrue(np.array_equal(file.asarray(), block))
                    for key, value in {'unit': 'um', 'finterval': 0.5, 'mode': 'composite', 'images': 24}.items():
                        self.assertEqual(file.imagej_metadata[key], value)
                    self.assertEqual(file.pages[0].tags['YResolution'].value, (3, 1))

    def test_counts_a_part_of_a_stack_again(self):
        frames = pictures.samples(np.uint8, 9, 15, 17, 1)
        self.write(frames, 'imagej=yes', name='in.tif')
        self.mim('convert', self.path('in.tif'), self.path('out.tif'), '--frames', '2:6', *words('imagej=yes'))
        self.assertStack(self.path('out.tif'), frames[2:6], 'ZYX', {'images': 4, 'slices': 4})
        done = self.run_mim('convert', self.path('in.tif'), self.path('other.tif'), '--frames', '2:6')
        self.assertIn('imagej=yes keeps them', text(done.stderr))
        with tifffile.TiffFile(self.path('other.tif')) as file:
            self.assertEqual(file.series[0].shape, (4, 15, 17))
            self.assertNotIn('images', file.imagej_metadata)

    def test_stacks_of_one_directory_become_pages_for_tifffile(self):
        """tifffile reads all images behind the first page of a file that says so in its description."""
        frames = pictures.samples(np.uint8, 6, 37, 29)
        tifffile.imwrite(self.path('in.tif'), frames, truncate=True, metadata={'unit': 'um'})
        for options in ((), ('-o', 'compression=none'), ('-o', 'imagej=yes')):
            with self.subTest(options=' '.join(options)):
                self.mim('convert', '--force', self.path('in.tif'), self.path('out.tif'), *options)
                self.assertSame(tifffile.imread(self.path('out.tif')), frames)
        self.mim('convert', '--force', self.path('in.tif'), self.path('out.tif'))
        with tifffile.TiffFile(self.path('out.tif')) as file:
            self.assertEqual(file.shaped_metadata[0]['unit'], 'um')

    def test_imagej_shows_a_description_as_info(self):
        for info in ('ten slices', 'größer 世界 😀'):
            with self.subTest(info):
                path = self.write(pictures.samples(np.uint8, 3, 8, 8, 1), 'imagej=yes', f'description={info}')
                with tifffile.TiffFile(path) as file:
                    self.assertEqual(file.imagej_metadata['Info'], info)

    def test_drops_alpha_of_a_stack_with_a_notice(self):
        frames = pictures.samples(np.uint8, 2, 8, 8, 4)
        done = self.run_mim('convert', *self.raw_input(frames), self.path('out.tif'), *words('imagej=yes'))
        self.assertEqual(done.returncode, 0)
        self.assertRegex(text(done.stderr), 'transparen|alpha')
        self.assertEqual(self.pixels(self.path('out.tif'))[0].shape, (8, 8, 3))

    def test_refuses_what_imagej_does_not_support(self):
        gray = pictures.samples(np.uint8, 2, 20, 20, 1)
        for options in (('compression=zstd',), ('compression=jpeg',), ('bigtiff=yes',), ('tile=16,16',),
                        ('rowsperstrip=4',), ('compression=deflate', 'predictor=horizontal')):
            with self.subTest(' '.join(options)):
                self.assertIn('imagej=yes: ', self.refuse_writing(gray, 'imagej=yes', *options))
        for name, channels in (('f64', 1), ('u32', 1), ('i8', 1), ('u16', 3), ('u8', 5)):
            with self.subTest(sample=name, channels=channels):
                frames = pictures.samples(DTYPES[name], 2, 9, 9, channels)
                self.assertIn('imagej=yes: ', self.refuse_writing(frames, 'imagej=yes'))
        self.put('a.tif', self.tiff_of(gray[0]))
        self.put('b.tif', self.tiff_of(gray[0][:10]))
        message = self.refuse(2, 'convert', self.path('a.tif'), self.path('b.tif'), self.path('out.tif'),
                           *words('imagej=yes'))
        self.assertIn('must have the same size and type', message)

    @staticmethod
    def tiff_of(frame):
        data = io.BytesIO()
        tifffile.imwrite(data, frame[..., 0], metadata=None)
        return data.getvalue()

    # --- metadata

    def test_keys_of_other_formats_become_tags(self):
        self.put('in.gif', gif(12, 9, comment(b'made by hand'), image(np.zeros((9, 12), int)), palette=[(0, 0, 0)] * 2))
        self.mim('convert', self.path('in.gif'), self.path('out.tif'))
        self.assertIn('ImageDescription: made by hand', self.tool_words('tiffinfo', self.path('out.tif')))

    def test_keeps_titles_and_page_names(self):
        tifffile.imwrite(self.path('in.tif'), pictures.samples(np.uint8, 8, 8), metadata=None,
                         extratags=[(269, 's', 0, 'A Title', True), (285, 's', 0, 'A Page', True),
                                    (297, 'H', 2, (3, 9), True), (33432, 's', 0, 'Mine', True),
                                    (700, 'B', 5, b'<x/>\n', True)])
        self.mim('convert', self.path('in.tif'), self.path('out.tif'))
        with tifffile.TiffFile(self.path('out.tif')) as file:
            tags = file.pages[0].tags
            self.assertEqual([tags[tag].value for tag in (269, 285, 297, 33432, 700)],
                             ['A Title', 'A Page', (3, 9), 'Mine', b'<x/>\n'])
            self.assertEqual(int(tags[700].dtype), 1)
        self.assertEqual(self.info(self.path('in.tif'))['metadata']['title'], 'A Title')

    def test_png_and_back_keeps_common_metadata(self):
        texts = PngImagePlugin.PngInfo()
        for key, value in (('Title', 'T'), ('Author', 'A'), ('Description', 'D'), ('Copyright', 'C'), ('Software', 'S'),
                           ('Creation Time', '2024-05-06T07:08:09')):
            texts.add_text(key, value)
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
        Image.new('RGB', (9, 9)).save(self.path('in.png'), dpi=(300, 150), pnginfo=texts, icc_profile=profile)
        self.mim('convert', self.path('in.png'), self.path('out.tif'))
        self.mim('convert', self.path('out.tif'), self.path('out.png'))
        with Image.open(self.path('out.tif')) as picture:
            self.assertEqual(picture.info['icc_profile'], profile)
            self.assertEqual([round(float(value)) for value in picture.info['dpi']], [300, 150])
            self.assertEqual([picture.tag_v2[tag] for tag in (269, 270, 305, 306, 315, 33432)],
                             ['T', 'D', 'S', '2024:05:06 07:08:09', 'A', 'C'])
        with Image.open(self.path('in.png')) as one, Image.open(self.path('out.png')) as other:
            self.assertEqual(one.info, other.info)

    def test_colour_models_that_become_rgb_are_reported(self):
        Image.fromarray(np.arange(768, dtype=np.uint8).reshape(16, 16, 3)).convert('CMYK').save(self.path('cmyk.tif'))
        tifffile.imwrite(self.path('lab.tif'), np.zeros((16, 16, 3), np.uint8), photometric='cielab')
        Image.new('YCbCr', (16, 16)).save(self.path('ycbcr.tif'))
        for name, model in (('cmyk.tif', 'CMYK'), ('lab.tif', 'Lab'), ('ycbcr.tif', None)):
            for target in ('gif', 'png', 'pdf', 'mp4', 'tif'):
                with self.subTest(f'{name} {target}'):
                    done = self.run_mim('convert', '--force', self.path(name), self.path('out.' + target))
                    self.assertEqual(done.returncode, 0)
                    self.assertEqual([line for line in text(done.stderr).splitlines() if 'becomes RGB' in line],
                                     [f'mim: note: {model} becomes RGB; raw=yes keeps it'] if model else [])
        self.assertEqual(self.run_mim('convert', self.path('cmyk.tif'), self.path('raw.tif'), '-i', 'raw=yes').stderr, b'')


if __name__ == '__main__':
    tap.main()
