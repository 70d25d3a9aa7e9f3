#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Files that other programs open although something in them is odd, missing or damaged: mim opens them too, says so, and gets
the same pixels."""

import os

import numpy as np
import tifffile
from PIL import Image

import pictures
import tap
from peers import PeerCase, text

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
        self.assertIn('all become', self.convert('--strict', *names, self.path('out.gif'), code=6))
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


tap.main()
