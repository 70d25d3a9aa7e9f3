#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""APNG: frames composed by the specification's rules, by ffmpeg and by Pillow; timing; damaged files; files that mim writes."""

import io
import random
import subprocess
import zlib

import numpy as np
from PIL import Image

import pngbytes
import tap
from peers import PATIENCE, PeerCase, tool
from pngbytes import GRAY, GRAY_ALPHA, PALETTE, RGB, RGBA, Animation, chunk


def as_rgba(frame):
    """A frame of u8 in any layout as RGBA."""
    channels = frame.shape[2]
    alpha = frame[..., -1:] if channels % 2 == 0 else np.full(frame.shape[:2] + (1,), 255, np.uint8)
    colours = frame[..., :channels - 1] if channels % 2 == 0 else frame
    return np.concatenate([np.repeat(colours, 3, axis=2) if colours.shape[2] == 1 else colours, alpha], axis=2)


def visible(rgba):
    return np.where(rgba[..., 3:] == 0, 0, rgba).astype(np.uint8)


def by_ffmpeg(path, width, height):
    done = subprocess.run([tool('ffmpeg'), '-v', 'error', '-i', path, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'],
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
    return list(np.frombuffer(done.stdout, np.uint8).reshape(-1, height, width, 4))


def random_animation(seed):
    """A random animation with every operation, and its frames by the specification."""
    chance = random.Random(seed)
    width, height = chance.randint(3, 24), chance.randint(3, 24)
    colour = chance.choice((RGB, RGBA, RGBA, GRAY_ALPHA, GRAY, PALETTE))
    palette = pngbytes.palette_of(4, seed) if colour == PALETTE else None
    depth = 4 if colour == PALETTE else 8
    clear = [0, 90, 255, 200] if colour == PALETTE and chance.random() < 0.7 else None
    before = chunk('PLTE', palette.tobytes()) if palette is not None else b''
    before += pngbytes.transparency_chunk(colour, clear) if clear else b''
    hidden = pngbytes.samples_of(colour, depth, width, height, seed) if chance.random() < 0.4 else None
    animation, frames = Animation(width, height, depth, colour, chance.randint(0, 3), before, hidden), []
    for i in range(chance.randint(2, 7)):
        w, h, x, y = width, height, 0, 0
        if i or hidden is not None:
            w, h = chance.randint(1, width), chance.randint(1, height)
            x, y = chance.randint(0, width - w), chance.randint(0, height - h)
        samples = pngbytes.samples_of(colour, depth, w, h, seed * 31 + i)
        if colour in (RGBA, GRAY_ALPHA):
            samples[..., -1] = np.random.default_rng(seed + i).choice((0, 255, 255, 128, 3), (h, w))
        dispose, blend = chance.randint(0, 2), chance.randint(0, 1)
        animation.add(samples, x, y, pieces=chance.randint(1, 3), delay=(chance.randint(0, 9), chance.choice((0, 10, 25, 30, 1000))),
                  dispose=dispose, blend=blend)
        rgba = as_rgba(pngbytes.delivered(samples, depth, colour, palette, clear))
        frames.append((rgba, x, y, dispose, blend))
    return animation, pngbytes.compose(width, height, frames)


class Composed(PeerCase):
    def test_random_animations_match_the_specification(self):
        for seed in range(40):
            animation, expected = random_animation(seed)
            path = self.put('m.apng', animation.bytes())
            with self.subTest(seed):
                frames = [visible(as_rgba(frame)) for frame in self.pixels(path)]
                self.assertSameFrames(frames, [visible(frame) for frame in expected])

    def test_single_frames_equal_frames_in_sequence(self):
        for seed in (3, 11, 12):
            animation, expected = random_animation(seed)
            path = self.put('m.apng', animation.bytes())
            for i in reversed(range(len(expected))):
                with self.subTest(seed, frame=i):
                    one = self.mim('convert', '-q', '--frames', i, '--color', 'rgba', path, '-', '--to', 'raw')
                    self.assertSame(visible(np.frombuffer(one, np.uint8).reshape(expected[i].shape)), visible(expected[i]))

    def test_frames_equal_ffmpeg_and_pillow(self):
        """Opaque or transparent pixels only, since the peers round partial alpha differently."""
        for seed in range(6):
            chance = random.Random(seed)
            animation = Animation(20, 14, 8, RGBA)
            for i in range(5):
                w, h = (20, 14) if i == 0 else (chance.randint(1, 20), chance.randint(1, 14))
                samples = pngbytes.samples_of(RGBA, 8, w, h, seed * 7 + i)
                samples[..., 3] = np.random.default_rng(seed + i).choice((0, 255), (h, w))
                animation.add(samples, chance.randint(0, 20 - w), chance.randint(0, 14 - h), dispose=(0, 1, 0, 2, 0)[i] if i else 0,
                          blend=chance.randint(0, 1))
            path = self.put('m.png', animation.bytes())
            ours = [visible(frame) for frame in self.pixels(path)]
            with self.subTest(seed):
                self.assertSameFrames(ours, [visible(frame) for frame in by_ffmpeg(path, 20, 14)], 'ffmpeg')
                with Image.open(path) as image:
                    theirs = []
                    for i in range(image.n_frames):
                        image.seek(i)
                        theirs.append(visible(np.array(image.convert('RGBA'))))
                self.assertSameFrames(ours, theirs, 'Pillow')

    def test_sixteen_bits_are_kept(self):
        animation = Animation(9, 9, 16, RGB)
        first, second = pngbytes.samples_of(RGB, 16, 9, 9), pngbytes.samples_of(RGB, 16, 4, 5, 1)
        animation.add(first)
        animation.add(second, 2, 3)
        frames = self.pixels(self.put('m.apng', animation.bytes()))
        expected = first.copy()
        expected[3:8, 2:6] = second
        self.assertSameFrames(frames, [first.astype(np.uint16), expected.astype(np.uint16)])

    def test_raw_rectangles_and_indices(self):
        animation, _ = random_animation(1)
        path = self.put('m.apng', animation.bytes())
        info = self.info(path, '-i', 'raw=yes')
        for facts in info['each']:
            self.assertEqual([facts['width'], facts['height']], facts['metadata']['rectangle'][2:])

    def test_file_without_animation_has_one_frame(self):
        samples = pngbytes.samples_of(RGB, 8, 5, 5)
        for before, after in ((b'', pngbytes.actl(1)), (pngbytes.actl(0), b''), (pngbytes.fctl(0, 5, 5), b''),
                              (b'', pngbytes.fctl(0, 5, 5) + pngbytes.fdat(1, pngbytes.pixels(samples, 8)))):
            path = self.put('m.png', pngbytes.png(samples, 8, RGB, before=before, after=after))
            self.assertSameFrames(self.pixels(path), [samples.astype(np.uint8)])


class Timing(PeerCase):
    def durations(self, delays, **more):
        animation = Animation(2, 2, 8, GRAY, **more)
        for delay in delays:
            animation.add(pngbytes.samples_of(GRAY, 8, 2, 2), delay=delay)
        return self.info(self.put('m.apng', animation.bytes()))

    def test_delays_are_exact(self):
        info = self.durations([(1, 10), (1001, 30000), (0, 10), (5, 0), (1, 3)], plays=4)
        said = [facts['duration'] for facts in info['each']]
        for one, other in zip(said, (0.1, 1001 / 30000, 0, 0.05, 1 / 3)):
            self.assertAlmostEqual(one, other, delta=1e-12)
        self.assertEqual(info['loop'], 4)

    def test_large_denominators_fall_back_to_nanoseconds(self):
        info = self.durations([(1, 65521), (1, 65519), (1, 65497), (7, 65479)])
        for facts, den in zip(info['each'], (65521, 65519, 65497, 65479 / 7)):
            self.assertAlmostEqual(facts['duration'], 1 / den, delta=1e-9)


class Damage(PeerCase):
    def good_frames(self, data, words):
        path = self.put('bad.apng', data)
        said = self.refuse(6, 'convert', path, self.path('out.gif'))
        self.assertIn(words, said)
        self.assertNothingBeside('bad.apng')
        done = self.run_mim('convert', '-q', '--partial', path, '-', '--to', 'raw')
        return len(done.stdout) // 75 if done.returncode in (0, 6) else 0

    def three(self):
        animation = Animation(5, 5, 8, RGB)
        for i in range(3):
            animation.add(pngbytes.samples_of(RGB, 8, 5, 5, i))
        return animation

    def test_good_frames_are_read_before_the_error(self):
        animation, data = self.three(), pngbytes.pixels(pngbytes.samples_of(RGB, 8, 5, 5), 8)
        whole = animation.bytes()

        def more(body, frames=4):
            return pngbytes.SIGNATURE + pngbytes.ihdr(5, 5, 8, RGB) + pngbytes.actl(frames) + animation.body + body + chunk('IEND')

        fctl, fdat = pngbytes.fctl, pngbytes.fdat
        second = whole.index(b'fdAT') - 4
        third = whole.index(b'fdAT', second + 8) - 4
        cases = {
            'cut in the last frame': (whole[:third + 30], 2, 'the file ends'),
            'cut in the second': (whole[:second + 30], 1, 'the file ends'),
            'cut in the last pixels': (whole[:-13], 2, 'the file ends'),
            'a sequence number twice': (more(fctl(4, 5, 5) + fdat(5, data)), 3, 'sequence number 4, expected 5'),
            'a missing sequence number': (more(fctl(6, 5, 5) + fdat(7, data)), 3, 'sequence number 6, expected 5'),
            'data out of order': (more(fctl(5, 5, 5) + fdat(7, data)), 3, 'sequence number 7, expected 6'),
            'no pixels': (more(fctl(5, 5, 5)), 3, 'frame 3 has no pixels'),
            'two controls': (more(fctl(5, 5, 5) + fctl(6, 5, 5) + fdat(7, data)), 3, 'frame 3 has no pixels'),
            'no size': (more(fctl(5, 0, 5) + fdat(6, data)), 3, 'frame 3 is 0x5'),
            'out of the canvas': (more(fctl(5, 5, 5, 1, 0) + fdat(6, data)), 3, 'frame 3 is 5x5 at 1,0'),
            'far out of the canvas': (more(fctl(5, 5, 5, 0xffffffff, 0) + fdat(6, data)), 3, 'at 4294967295,0'),
            'an unknown disposal': (more(fctl(5, 5, 5, dispose=3) + fdat(6, data)), 3, 'disposal 3'),
            'an unknown blending': (more(fctl(5, 5, 5, blend=2) + fdat(6, data)), 3, 'blending 2'),
            'more than counted': (more(fctl(5, 5, 5) + fdat(6, data), 3), 3, 'acTL counts 3 frames, the file has more'),
            'fewer than counted': (more(b''), 3, 'acTL counts 4 frames, the file has 3'),
            'a control of another size': (more(chunk('fcTL', bytes(25))), 3, 'fcTL has 25 bytes'),
            'a control with a wrong checksum': (more(fctl(5, 5, 5)[:-1] + b'\0' + fdat(6, data)), 3, 'checksum of chunk fcTL'),
            'an IDAT apart': (more(chunk('IDAT', data)), 2, 'IDAT chunks are not consecutive'),
            'a tiny fdAT': (more(fctl(5, 5, 5) + chunk('fdAT', b'ab')), 3, 'fdAT has only 2 bytes'),
        }
        for name, (bad, good, words) in cases.items():
            with self.subTest(name):
                self.assertEqual(self.good_frames(bad, words), good)

    def test_damaged_pixels_affect_one_frame(self):
        animation = self.three()
        animation.body += pngbytes.fctl(5, 5, 5) + chunk('fdAT', b'\0\0\0\6' + b'x' * 9)
        animation.sequence, animation.frames = 7, 4
        animation.add(pngbytes.samples_of(RGB, 8, 5, 5))
        path = self.put('m.apng', animation.bytes())
        self.assertEqual(self.info(path)['frames'], 5)
        self.assertIn('libpng: ', self.refuse(6, 'convert', path, self.path('out.gif')))
        self.mim('convert', '-q', path, self.path('out.gif'), '--frames', '0,1,2,4')

    def test_invalid_first_frames(self):
        samples = pngbytes.samples_of(RGB, 8, 5, 5)
        data = pngbytes.pixels(samples, 8)
        start = pngbytes.SIGNATURE + pngbytes.ihdr(5, 5, 8, RGB)
        for body, words in (
                (pngbytes.actl(1) + pngbytes.fctl(0, 4, 5) + chunk('IDAT', data), 'does not cover the canvas'),
                (pngbytes.actl(1) + pngbytes.fdat(0, data) + chunk('IDAT', data), 'belongs to no frame'),
                (pngbytes.actl(1) + chunk('IDAT', data) + pngbytes.fdat(0, data), 'belongs to no frame'),
                (pngbytes.actl(1) + pngbytes.fctl(1, 5, 5) + chunk('IDAT', data), 'sequence number 1, expected 0'),
                (pngbytes.actl(1) + pngbytes.actl(1) + chunk('IDAT', data), 'second acTL')):
            with self.subTest(words):
                said = self.refuse(6, 'convert', self.put('m.png', start + body + chunk('IEND')), self.path('out.raw'))
                self.assertIn(words, said)

    def test_a_million_frames_within_memory(self):
        body = b''.join(pngbytes.fctl(2 * i, 1, 1) + pngbytes.fdat(2 * i + 1, b'x') for i in range(300000))
        data = (pngbytes.SIGNATURE + pngbytes.ihdr(1, 1, 8, GRAY) + pngbytes.actl(300000) +
                chunk('IDAT', zlib.compress(b'\0\0')) + body + chunk('IEND'))
        done = self.run_mim('info', self.put('m.apng', data))
        self.assertIn(b'300000', done.stdout)


class Written(PeerCase):
    def animation(self, channels, dtype=np.uint8):
        """Frames with small changes, one without a change, and one that becomes transparent."""
        maximum = np.iinfo(dtype).max
        frames = [np.random.default_rng(5).integers(0, maximum, (24, 31, channels)).astype(dtype)]
        if channels % 2 == 0:
            frames[0][..., -1] = maximum
        for i in range(1, 6):
            frame = frames[-1].copy()
            if i == 3:
                frame[5:9, 20:28] = 0
            elif i != 2:
                frame[i:i + 6, 2 * i:2 * i + 9, 0] ^= 0x55
            frames.append(frame)
        return frames

    def test_all_layouts_round_trip(self):
        for channels in (1, 2, 3, 4):
            for dtype in (np.uint8, np.uint16):
                for options in ((), ('interlace=yes',), ('level=0',), ('level=12', 'filter=average')):
                    with self.subTest(channels, dtype=dtype.__name__, options=options):
                        frames = self.animation(channels, dtype)
                        args = [word for option in options for word in ('-o', option)]
                        self.mim('convert', *self.raw_input(frames), self.path('m.apng'), '--force', *args)
                        self.assertSameFrames(self.pixels(self.path('m.apng')), frames)

    def test_peers_read_written_files(self):
        for channels in (3, 4):
            frames = self.animation(channels)
            self.mim('convert', *self.raw_input(frames), self.path('m.apng'), '--force', '--fps', '30000/1001', '--loop', 3)
            expected = [as_rgba(frame) for frame in frames]
            with self.subTest(channels):
                self.assertSameFrames([visible(f) for f in by_ffmpeg(self.path('m.apng'), 31, 24)],
                                      [visible(f) for f in expected], 'ffmpeg')
                with Image.open(self.path('m.apng')) as image:
                    self.assertEqual((image.n_frames, image.info['loop']), (6, 3))
                    for i in range(6):
                        image.seek(i)
                        self.assertSame(visible(np.array(image.convert('RGBA'))), visible(expected[i]), f'Pillow {i}')
                        self.assertAlmostEqual(image.info['duration'], 1001 / 30, places=6)
                self.assertIn(b'No errors', self.run_tool('pngcheck', '-v', self.path('m.apng')))

    def test_only_changes_are_stored(self):
        self.mim('convert', *self.raw_input(self.animation(4)), self.path('m.apng'))
        each = self.info(self.path('m.apng'))['each']
        self.assertEqual([facts['metadata']['rectangle'] for facts in each],
                         [[0, 0, 31, 24], [2, 1, 9, 6], [0, 0, 1, 1], [20, 5, 8, 4], [8, 4, 9, 6], [10, 5, 9, 6]])

    def test_gif_to_apng_to_gif_is_exact(self):
        for disposal in ('auto', 'background'):
            frames = [(frame // 64 * 64) for frame in self.animation(3)]
            self.mim('convert', *self.raw_input(frames), self.path('a.gif'), '--force', '-o', f'disposal={disposal}',
                     '--duration', '0.03,0.5,0,1.25,0.1,655.35', '--loop', 7)
            self.mim('convert', self.path('a.gif'), self.path('b.apng'), '--force', '--strict')
            self.mim('convert', self.path('b.apng'), self.path('c.gif'), '--force', '--strict')
            infos = [self.info(self.path(name)) for name in ('a.gif', 'b.apng', 'c.gif')]
            for info in infos[1:]:
                self.assertEqual([f['duration'] for f in info['each']], [f['duration'] for f in infos[0]['each']])
                self.assertEqual(info['loop'], 7)
            original = [as_rgba(f) for f in self.pixels(self.path('a.gif'))]
            for name in ('b.apng', 'c.gif'):
                self.assertSameFrames([visible(as_rgba(f)) for f in self.pixels(self.path(name))],
                                      [visible(f) for f in original], name)

    def test_timing_options(self):
        source = self.raw_input(self.animation(1))
        out = self.path('m.apng')
        self.mim('convert', *source, out, '--duration', '0.1,1/3,0,2.5,1000,65535')
        for facts, seconds in zip(self.info(out)['each'], (0.1, 1 / 3, 0, 2.5, 1000, 65535)):
            self.assertAlmostEqual(facts['duration'], seconds, delta=1e-9)
        self.refuse(2, 'convert', *source, out, '--force', '--duration', '65536')
        self.refuse(2, 'convert', *source, out, '--force', '--duration', '0.1,0.2')
        self.refuse(2, 'convert', *source, out, '--force', '--duration', '0.1', '--fps', 10)

    def test_many_frames_require_apng(self):
        source = self.raw_input(self.animation(3))
        said = self.refuse(2, 'convert', *source, self.path('m.png'))
        self.assertIn('_%03d.png', said)
        self.assertNothingBeside('in.raw')
        self.mim('convert', *source, self.path('m.png'), '-o', 'apng=yes')
        self.assertEqual(self.info(self.path('m.png'))['frames'], 6)
        self.mim('convert', *source, self.path('m_%03d.png'))
        self.assertEqual(self.info(self.path('m_005.png'))['frames'], 1)
        said = self.refuse(2, 'convert', *source, self.path('one.png'), '--frames', 0, '--fps', 5)
        self.assertIn('apng=yes', said)

    def test_output_does_not_depend_on_threads_or_pipes(self):
        source = self.raw_input(self.animation(4))
        self.mim('convert', '--threads', 1, *source, self.path('one.apng'))
        self.mim('convert', '--threads', 3, *source, self.path('three.apng'))
        piped = self.mim('convert', *source, '-', '--to', 'apng')
        self.assertEqual(self.get('one.apng'), self.get('three.apng'))
        self.assertEqual(self.get('one.apng'), piped)
        self.assertEqual(len(Image.open(io.BytesIO(piped)).tobytes()), 24 * 31 * 4)
        again = self.mim('convert', '-', '-', '--to', 'gif', data=piped)
        self.assertEqual(again[:6], b'GIF89a')


if __name__ == '__main__':
    tap.main()
