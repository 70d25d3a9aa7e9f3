#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests dithering, quantizers, palettes and merging through the command, and reads the files with other programs."""

import numpy as np
from PIL import Image

import gifbytes
import pictures
import tap
from gifbytes import visible
from gifpeers import PEERS, difference
from peers import PeerCase, mean_error_db, text


def softened(frames):
    """Means of squares of 8 x 8 pixels, as seen from a distance."""
    block = np.stack([np.asarray(frame, np.float64) for frame in frames])
    count, height, width, channels = block.shape
    return block.reshape(count, height // 8, 8, width // 8, 8, channels).mean(axis=(2, 4))


def averaged(frame):
    """Means of all squares of 5 x 5 pixels."""
    sums = np.pad(np.asarray(frame, np.float64), ((1, 0), (1, 0), (0, 0))).cumsum(axis=0).cumsum(axis=1)
    return (sums[5:, 5:] - sums[:-5, 5:] - sums[5:, :-5] + sums[:-5, :-5]) / 25


def gradient(width, height, across, down):
    """A shade of each channel, by its steps to the right and down."""
    y, x = np.mgrid[:height, :width][..., np.newaxis]
    plane = x * np.array(across) + y * np.array(down)
    low, high = plane.min(axis=(0, 1)), plane.max(axis=(0, 1))
    return np.clip(plane + 127 - (low + high) / 2, 0, 255).astype(np.uint8)


def above_noise(frame):
    """The upper half of a frame, above noise."""
    half = frame.shape[0] // 2
    noise = np.random.default_rng(1).integers(0, 256, frame[half:].shape, np.uint8)
    return np.concatenate([frame[:half], noise])


def tiles(colours, width=320, height=240):
    """Tiles of 10 x 10 pixels in random colours."""
    palette = np.random.default_rng(5).integers(0, 256, (colours, 3), np.uint8)
    y, x = np.mgrid[:height, :width]
    return palette[(y // 10 * (width // 10) + x // 10) % colours]


def discs(width=320, height=200, scale=4):
    """Discs of flat colours with smooth edges."""
    numbers = np.random.default_rng(3)
    large = np.full((height * scale, width * scale, 3), (240, 240, 235), np.float64)
    y, x = np.mgrid[:height * scale, :width * scale]
    for _ in range(25):
        centre_x, centre_y = numbers.integers(0, width * scale), numbers.integers(0, height * scale)
        inside = (x - centre_x) ** 2 + (y - centre_y) ** 2 < numbers.integers(20, 200) ** 2
        large[inside] = numbers.integers(0, 256, 3)
    return large.reshape(height, scale, width, scale, 3).mean(axis=(1, 3)).astype(np.uint8)


class GifOptions(PeerCase):
    def write(self, frames, *options):
        """Write frames with mim, and check that one thread and eight give the same file."""
        arguments = self.raw_input(frames)
        answers = []
        for threads in ('1', '8'):
            self.mim('convert', '-q', *arguments, self.path('out.gif'), '--force', '--threads', threads, *options)
            answers.append(self.get('out.gif'))
        self.assertEqual(answers[0], answers[1], 'threads change the file')
        return answers[0]

    def decoded(self, data):
        """Decode with our strict decoder, and check that Pillow and ffmpeg agree."""
        judge = gifbytes.Gif(data)
        rule = [visible(frame) for frame in judge.compose()]
        for name in ('Pillow', 'ffmpeg'):
            self.assertEqual(difference(PEERS[name](data), rule), 'the same', name)
        return judge, rule

    def assertWritten(self, data, frames):
        judge, rule = self.decoded(data)
        self.assertEqual(difference(rule, [visible(frame) for frame in frames]), 'the same')
        return judge

    # --- dither

    def test_dither_preserves_local_means(self):
        frames = pictures.photograph(count=2)
        for size in (4, 16, 64):
            with self.subTest(size=size):
                answers = []
                for dither in ('none', 'floyd-steinberg'):
                    _, rule = self.decoded(self.write(frames, '-o', f'palettesize={size}', '-o', f'dither={dither}'))
                    answers.append(mean_error_db(softened([frame[..., :3] for frame in rule]), softened(frames)))
                self.assertGreater(answers[1], answers[0] + 0.5, f'{answers[1]:.2f} dB against {answers[0]:.2f}')

    def test_dither_preserves_local_means_as_well_as_pillow(self):
        frames = pictures.photograph(count=1, height=240, width=320)
        for size in (8, 32, 256):
            with self.subTest(size=size):
                _, rule = self.decoded(self.write(frames, '-o', f'palettesize={size}', '-o', 'dither=floyd-steinberg'))
                picture = Image.fromarray(frames[0])
                peer = picture.quantize(palette=picture.quantize(size), dither=Image.Dither.FLOYDSTEINBERG)
                ours = mean_error_db(softened([rule[0][..., :3]]), softened(frames))
                theirs = mean_error_db(softened([np.array(peer.convert('RGB'))]), softened(frames))
                self.assertGreater(ours, theirs - 1, f'{ours:.2f} dB against {theirs:.2f}')

    # --- dither=auto

    def test_smooth_gradients_do_not_tile(self):
        for name, frame in (('plane', gradient(320, 200, (.45, 0, -.25), (0, .6, -.2))),
                            ('slow', gradient(640, 360, (.11, 0, -.06), (0, .15, -.05))),
                            ('diagonal', gradient(320, 240, (.4, .3, -.5), (.4, .3, 0))),
                            ('above noise', above_noise(gradient(320, 200, (.45, 0, -.25), (0, .6, -.2))))):
            with self.subTest(name):
                levels = {}
                for dither in ('none', 'floyd-steinberg', 'auto'):
                    _, rule = self.decoded(self.write([frame], '-o', f'dither={dither}'))
                    levels[dither] = mean_error_db(averaged(rule[0][..., :3]), averaged(frame))
                self.assertGreater(levels['auto'], levels['none'] + 5, levels)
                self.assertGreaterEqual(levels['auto'], levels['floyd-steinberg'] - 2, levels)

    def test_flat_art_and_photographs_stay_plain(self):
        for name, frames in (('tiles', [tiles(600)]), ('discs', [discs()]),
                             ('photograph', pictures.photograph(count=2))):
            with self.subTest(name):
                data = self.write(frames)
                self.assertGreater(len(np.unique(frames[0].reshape(-1, 3), axis=0)), 256)
                self.assertEqual(data, self.write(frames, '-o', 'dither=none'))

    def test_unchanged_pixels_of_dithered_frames_stay(self):
        background = gradient(160, 120, (1.2, 0, -.6), (0, 1.4, -.4))
        frames = []
        for i in range(6):
            frame = background.copy()
            frame[20 + 5 * i:50 + 5 * i, 10 + 15 * i:40 + 15 * i] = gradient(30, 30, (3, 3, 0), (0, 3, 5))
            frames.append(frame)
        _, rule = self.decoded(self.write(frames))
        for i in range(1, 6):
            unchanged = (frames[i] == frames[i - 1]).all(axis=-1)
            self.assertGreater(unchanged.mean(), .8)
            self.assertTrue((rule[i] == rule[i - 1])[unchanged].all(), f'frame {i}')

    def test_the_first_approximated_frame_decides(self):
        exact = tiles(200)
        smooth = gradient(320, 240, (.4, .3, -.5), (.4, .3, 0))
        noisy = pictures.photograph(count=2, height=240, width=320)
        for frames, dither in (([exact, smooth, *noisy], 'floyd-steinberg'), ([exact, *noisy, smooth, exact], 'none')):
            with self.subTest(dither):
                for option in ('palette=auto', 'palette=local', 'merge=yes'):
                    self.assertEqual(self.write(frames, '-o', option),
                                     self.write(frames, '-o', option, '-o', f'dither={dither}'), option)

    def test_dither_keeps_exact_frames_and_transparency(self):
        for name, frames in (('few colours', pictures.few_colours(colours=40)), ('bar', pictures.moving_bar()),
                             ('disc', pictures.coming_and_going())):
            with self.subTest(name):
                data = self.write(frames, '-o', 'dither=floyd-steinberg')
                self.assertEqual(data, self.write(frames))
                self.assertWritten(data, frames)
        holes = [np.dstack([frame, np.where(frame[..., 0] > 90, 255, 0).astype(np.uint8)])
                 for frame in pictures.photograph()]
        _, rule = self.decoded(self.write(holes, '-o', 'dither=floyd-steinberg', '-o', 'palettesize=20'))
        for i, frame in enumerate(holes):
            self.assertSame(rule[i][..., 3], frame[..., 3], f'holes of frame {i}')

    # --- quantizer

    def test_every_quantizer_respects_the_size_and_is_close(self):
        frames = pictures.photograph(count=3)
        for quantizer, least in (('wu', 33), ('nq', 32), ('median', 31)):
            for size, less in ((2, 25), (3, 25), (16, 12), (100, 3), (256, 0)):
                with self.subTest(quantizer=quantizer, size=size):
                    judge, rule = self.decoded(self.write(frames, '-o', f'quantizer={quantizer}',
                                                          '-o', f'palettesize={size}', '-o', 'subrectangles=no'))
                    for frame in rule:
                        self.assertLessEqual(len(np.unique(frame.reshape(-1, 4), axis=0)), size)
                    ours = mean_error_db([frame[..., :3] for frame in rule], frames)
                    self.assertGreater(ours, least - less)

    def test_similar_colours_stay_distinct(self):
        rng = np.random.default_rng(5)
        frames = [rng.integers(16, 28, (60, 80, 3), dtype=np.uint8)]
        for quantizer in ('wu', 'nq', 'median'):
            with self.subTest(quantizer):
                _, rule = self.decoded(self.write(frames, '-o', f'quantizer={quantizer}'))
                self.assertGreater(len(np.unique(rule[0].reshape(-1, 4), axis=0)), 240)
                peer = Image.fromarray(frames[0]).quantize(256, dither=Image.Dither.NONE).convert('RGB')
                self.assertGreater(mean_error_db(rule[0][..., :3], frames[0]), mean_error_db(np.array(peer), frames[0]))

    def test_photographs_beat_every_quantizer_of_the_peers(self):
        frame = pictures.photograph(count=1)[0]
        for size in (16, 64, 256):
            _, rule = self.decoded(self.write([frame], '-o', f'palettesize={size}', '-o', 'dither=none'))
            ours = mean_error_db(rule[0][..., :3], frame)
            for method in Image.Quantize:
                if method == Image.Quantize.LIBIMAGEQUANT:
                    continue
                with self.subTest(size=size, method=method.name):
                    peer = Image.fromarray(frame).quantize(size, method, dither=Image.Dither.NONE).convert('RGB')
                    self.assertGreater(ours, mean_error_db(np.array(peer), frame))
            with self.subTest(size=size, method='palettegen'):
                self.put('in.raw', frame.tobytes())
                height, width, _ = frame.shape
                self.run_tool('ffmpeg', '-v', 'error', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{width}x{height}',
                              '-i', self.path('in.raw'), '-filter_complex',
                              f'split[a][b];[a]palettegen=max_colors={size}:reserve_transparent=0[p];'
                              '[b][p]paletteuse=dither=none', '-y', self.path('peer.gif'))
                with Image.open(self.path('peer.gif')) as file:
                    self.assertGreater(ours, mean_error_db(np.array(file.convert('RGB')), frame))

    def test_every_quantizer_keeps_exact_frames(self):
        frames = pictures.few_colours(colours=256)
        answers = {self.write(frames, '-o', f'quantizer={quantizer}') for quantizer in ('wu', 'nq', 'median')}
        self.assertEqual(len(answers), 1)
        self.assertWritten(answers.pop(), frames)

    # --- palette

    def assertOneTable(self, judge, size):
        self.assertTrue(all(frame.palette is None for frame in judge.frames), 'a frame has a table of its own')
        self.assertLessEqual(len(judge.palette), 1 << (size - 1).bit_length())

    def test_frames_share_a_global_palette(self):
        photo = pictures.photograph(count=5)
        holes = [np.dstack([frame, np.where(frame[..., 0] > 90, 255, 0).astype(np.uint8)]) for frame in photo]
        for name, frames in (('photograph', photo), ('with holes', holes)):
            for size in (2, 3, 16, 256):
                for words in ([], ['-o', 'subrectangles=no'], ['-o', 'dither=floyd-steinberg'],
                              ['-o', 'disposal=background']):
                    with self.subTest(of=name, size=size, words=' '.join(words)):
                        judge, rule = self.decoded(self.write(frames, '-o', 'palette=global', '-o',
                                                              f'palettesize={size}', *words))
                        self.assertOneTable(judge, size)
                        self.assertEqual(len(judge.frames), len(frames))
                        self.assertLessEqual(len(np.unique(np.stack(rule).reshape(-1, 4), axis=0)), size)
                        for got, frame in zip(rule, frames):
                            if frame.shape[2] == 4:
                                self.assertSame(got[..., 3], frame[..., 3], 'holes')

    def test_a_global_palette_of_few_colours_is_exact(self):
        bar = pictures.moving_bar()
        for name, frames in (('bar', bar), ('disc', pictures.coming_and_going()),
                             ('many', [np.tile(np.arange(256, dtype=np.uint8)[:, None], (2, 4, 3)) - i * 9
                                       for i in range(3)])):
            for words in ([], ['-o', 'subrectangles=no'], ['-o', 'dither=floyd-steinberg']):
                with self.subTest(of=name, words=' '.join(words)):
                    judge = self.assertWritten(self.write(frames, '-o', 'palette=global', *words), frames)
                    self.assertOneTable(judge, 256)

    def test_a_global_palette_is_close_and_keeps_static_parts(self):
        still = pictures.photograph(count=1)[0]
        frames = []
        for i in range(4):
            frame = still.copy()
            frame[20:40, 20 * i:20 * i + 20] = (250, 20, 60 * i)
            frames.append(frame)
        for words in ([], ['-o', 'dither=floyd-steinberg']):
            with self.subTest(' '.join(words)):
                judge, rule = self.decoded(self.write(frames, '-o', 'palette=global', *words))
                self.assertTrue(all(np.array_equal(rule[0][50:], frame[50:]) for frame in rule), 'the ground flickers')
                self.assertTrue(all(frame.height <= 20 for frame in judge.frames[1:]))
                if not words:
                    self.assertGreater(mean_error_db([frame[..., :3] for frame in rule], frames), 33)

    # --- merge

    def test_merge_sums_the_durations_of_equal_frames(self):
        for name, pictured in (('bar', pictures.moving_bar()[:4]), ('disc', pictures.coming_and_going(4)),
                               ('photograph', pictures.photograph(count=4))):
            frames = [pictured[i] for i in (0, 0, 0, 1, 2, 2, 3, 3)]
            for words in ([], ['-o', 'subrectangles=no'], ['-o', 'disposal=background'], ['-o', 'palette=global']):
                with self.subTest(of=name, words=' '.join(words)):
                    judge, rule = self.decoded(self.write(frames, '-o', 'merge=yes', '--fps', '30', *words))
                    self.assertEqual([frame.delay for frame in judge.frames], [10, 3, 7, 7])
                    _, whole = self.decoded(self.write(frames, *words))
                    self.assertEqual(difference(rule, [whole[i] for i in (0, 3, 4, 6)]), 'the same')

    def test_merge_reduces_equal_frames_to_one(self):
        frames = [pictures.photograph(count=1)[0]] * 5
        judge, _ = self.decoded(self.write(frames, '-o', 'merge=yes', '--duration', '0.1,0.2,0.3,0.4,0.5'))
        self.assertEqual([frame.delay for frame in judge.frames], [150])
        self.assertEqual(len(gifbytes.Gif(self.write(frames)).frames), 5, 'merged unasked')

    # --- reading

    def test_palette_mode_returns_stored_indices(self):
        data = self.write(pictures.few_colours(colours=40), '-o', 'palette=local')
        judge = gifbytes.Gif(data)
        got = self.pixels(self.path('out.gif'), '-i', 'palette=yes')
        self.assertSameFrames(got, [frame.indices[..., None] for frame in judge.frames])
        each = self.info(self.path('out.gif'), '-i', 'palette=yes')['each']
        for facts, frame in zip(each, judge.frames):
            self.assertIn('palette', facts['metadata'])
            self.assertEqual(facts['metadata']['palette_size'], len(frame.palette))

    def test_invalid_values_are_refused(self):
        for option, known in (('dither=yes', 'floyd-steinberg'), ('quantizer=guess', 'median')):
            with self.subTest(option):
                output = self.refuse(2, 'convert', *self.raw_input(pictures.moving_bar()), self.path('no.gif'),
                                     '-o', option)
                self.assertIn(known, output)
                self.assertIn(known, text(self.mim('help', 'gif')))
                self.assertNothingBeside('in.raw')


if __name__ == '__main__':
    tap.main()
