#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Tests GIF writing by reading the files with Pillow, gifsicle and ffmpeg."""

import io

import numpy as np
from PIL import Image

import gifbytes
import pictures
import tap
from gifbytes import control, gif, image, visible
from gifmatrix import BASIC, checks, full
from gifpeers import PEERS, difference
from peers import PeerCase, mean_error_db, text


SCENE = ('[0]crop=200:150:28:20[ground];[ground][1]overlay=3*n:50+40*sin(n/4),split[a][b];'
         '[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1')
SOURCES = {
    'flat': ['-f', 'lavfi', '-i', 'testsrc2=s=320x240', '-frames:v', 40],
    'fractal': ['-f', 'lavfi', '-i', 'mandelbrot=s=160x120', '-r', 5, '-frames:v', 40],
    'scene': ['-loop', 1, '-t', 1.44, '-i', pictures.PHOTOGRAPH, '-f', 'lavfi', '-i', 'testsrc2=s=60x60:r=25:d=1.44',
              '-filter_complex', SCENE],  # dithered to a palette for each frame
}


def opens_opaque(rule):
    """Only later frames have transparent pixels. Then gifsicle --unoptimize restores to the background colour, whatever
    the control blocks say (gif-differences.md: "disposal 2, transparency")."""
    return rule[0][..., 3].all() and not all(frame[..., 3].all() for frame in rule)


class GifWriting(PeerCase):
    def write(self, frames, *options, name='out.gif'):
        """Write frames with mim."""
        arguments = self.raw_input(frames)
        self.mim('convert', *arguments, self.path(name), '--force', *options)
        return self.get(name)

    def decoded(self, data):
        """Decode with our strict decoder, and check that every peer agrees. gifsicle is tested by a copy that it makes,
        since --unoptimize supports 256 colours in all."""
        judge = gifbytes.Gif(data)
        rule = [visible(frame) for frame in judge.compose()]
        for name in ('Pillow', 'ffmpeg'):
            self.assertEqual(difference(PEERS[name](data), rule), 'the same', name)
        copy = gifbytes.Gif(self.run_tool('gifsicle', '--careful', data=data))
        copied = [visible(frame) for frame in copy.compose()]
        self.assertEqual(difference(copied, rule), 'the same', 'a copy by gifsicle')
        answer = PEERS['gifsicle'](data)
        if answer != 'declines' and not opens_opaque(rule):
            self.assertEqual(difference(answer, rule), 'the same', 'gifsicle')
        output = self.run_tool('gifsicle', '--info', '-', data=data)
        self.assertIn(f'{len(judge.frames)} image', text(output))
        return judge, rule

    def assertWritten(self, data, frames, message=''):
        judge, rule = self.decoded(data)
        expected = [visible(np.repeat(frame, 3, axis=2) if frame.shape[2] == 1 else frame) for frame in frames]
        self.assertEqual(difference(rule, expected), 'the same', message)
        return judge

    # --- pixels

    def test_full_frames_of_one_colour_are_exact(self):
        judge = self.assertWritten(self.write(pictures.full_colours()), pictures.full_colours())
        self.assertEqual(len(judge.frames), 3)

    def test_few_colours_are_exact(self):
        for colours in (1, 2, 3, 4, 5, 16, 17, 128, 129, 255, 256):
            for words in ([], ['-o', 'subrectangles=no']):
                with self.subTest(colours=colours, words=' '.join(words)):
                    # with 256 colours no entry is left for unchanged pixels
                    frames = pictures.few_colours(colours=colours)
                    self.assertWritten(self.write(frames, *words), frames)

    def test_the_moving_bar_is_exact(self):
        for words in ([], ['-o', 'palettesize=256'], ['-o', 'palettesize=3'], ['-o', 'subrectangles=no'],
                      ['-o', 'disposal=background']):
            with self.subTest(' '.join(words)):
                self.assertWritten(self.write(pictures.moving_bar(), *words), pictures.moving_bar())

    def test_gray_is_exact(self):
        y, x = np.mgrid[0:16, 0:16]
        frames = [((x + y * 16 + i * 8) % 256).astype(np.uint8)[..., None] for i in range(4)]
        self.assertWritten(self.write(frames), frames)

    def test_one_frame_and_one_pixel_are_exact(self):
        for shape in ((1, 1), (1, 300), (300, 1), (2, 2)):
            with self.subTest(shape=shape):
                frames = [pictures.samples(np.uint8, *shape, 3)[:, :, :] // 64 * 64]
                self.assertWritten(self.write(frames), frames)

    def test_equal_frames_are_kept(self):
        frames = [pictures.moving_bar()[3]] * 4
        judge = self.assertWritten(self.write(frames, '--duration', '0.1'), frames)
        self.assertEqual([frame.delay for frame in judge.frames], [10] * 4)

    def test_pixels_that_turn_transparent_and_back_are_exact(self):
        frames = pictures.coming_and_going()
        for words in ([], ['-o', 'subrectangles=no'], ['-o', 'palettesize=8'], ['--threads', '8']):
            with self.subTest(' '.join(words)):
                self.assertWritten(self.write(frames, *words), frames)

    def test_growing_or_shrinking_transparency_is_exact(self):
        y, x = np.mgrid[0:20, 0:20]
        growing = []
        for i in range(6):
            frame = np.zeros((20, 20, 4), np.uint8)
            frame[x > 3 * i] = (10, 200, 30, 255)
            growing.append(frame)
        for name, frames in (('grows', growing), ('shrinks', growing[::-1]),
                             ('all at once', [growing[0], growing[5] * 0, growing[0]]),
                             ('nothing at all', [growing[0] * 0] * 3)):
            with self.subTest(name):
                self.assertWritten(self.write(frames), frames)

    def test_255_colours_and_transparency_are_exact(self):
        rng = np.random.default_rng(8)
        frames = []
        for i in range(4):
            palette = rng.integers(0, 256, (255, 3), dtype=np.uint8)
            frame = np.full((40, 50, 4), 255, np.uint8)
            frame[..., :3] = palette[rng.integers(0, 255, (40, 50))]
            frame[rng.random((40, 50)) < 0.3] = 0
            frames.append(frame)
        self.assertWritten(self.write(frames), frames)

    def test_alpha_below_the_threshold_is_transparent(self):
        alpha = np.arange(256, dtype=np.uint8).reshape(16, 16)
        frame = np.stack([np.full_like(alpha, value) for value in (90, 60, 30)] + [alpha], axis=2)
        for threshold in (None, 1, 64, 128, 255):
            with self.subTest(threshold=threshold):
                words = [] if threshold is None else ['-o', f'alpha_threshold={threshold}']
                _, rule = self.decoded(self.write([frame], *words))
                self.assertSame(rule[0][..., 3] == 255, alpha >= (128 if threshold is None else threshold))
                self.assertEqual(set(map(tuple, rule[0][rule[0][..., 3] == 255][:, :3])), {(90, 60, 30)})

    def test_subrectangles_change_the_file_but_no_frame(self):
        for name, frames in (('bar', pictures.moving_bar()), ('disc', pictures.coming_and_going()),
                             ('few colours', pictures.few_colours(colours=40))):
            with self.subTest(name):
                small, whole = self.write(frames, '-o', 'subrectangles=yes'), self.write(frames, '-o',
                    'subrectangles=no')
                self.assertWritten(small, frames)
                judge = self.assertWritten(whole, frames)
                self.assertEqual({(frame.width, frame.height) for frame in judge.frames}, {(judge.width, judge.height)})
        bar = gifbytes.Gif(self.write(pictures.moving_bar()))
        self.assertTrue(any(frame.width < bar.width for frame in bar.frames[1:]),
                        'no frame was cut down to what changed')
        self.assertLess(len(self.write(pictures.moving_bar())),
                        len(self.write(pictures.moving_bar(), '-o', 'subrectangles=no')))

    # --- palettes

    def test_palettesize_is_respected(self):
        photo = pictures.photograph()
        holes = [np.dstack([frame, np.where(frame[..., 0] > 40, 255, 0).astype(np.uint8)]) for frame in photo]
        for size in (2, 3, 16, 100, 255, 256):
            for name, frames in (('photograph', photo), ('with holes', holes)):
                with self.subTest(size=size, of=name):
                    judge, rule = self.decoded(self.write(frames, '-o', f'palettesize={size}'))
                    for i, frame in enumerate(judge.frames):
                        self.assertLessEqual(len(np.unique(frame.indices)), size, f'entries used by frame {i}')
                    _, rule = self.decoded(self.write(frames, '-o', f'palettesize={size}', '-o', 'subrectangles=no'))
                    for i, frame in enumerate(rule):
                        colours = np.unique(frame.reshape(-1, 4), axis=0)
                        self.assertLessEqual(len(colours), size, f'colours seen in frame {i}')

    def test_palettesize_out_of_range_is_refused(self):
        for size in ('0', '1', '257', '-3', 'many', '2.5', ''):
            with self.subTest(size=size):
                output = self.refuse(2, 'convert', *self.raw_input(pictures.moving_bar()), self.path('out.gif'), '-o',
                                   f'palettesize={size}')
                self.assertIn('palettesize', output)
                self.assertNothingBeside('in.raw')

    def test_a_photograph_is_as_good_as_pillow_s(self):
        frames = pictures.photograph(height=120, width=160)
        for size in (16, 64, 100, 256):
            with self.subTest(size=size):
                _, rule = self.decoded(self.write(frames, '-o', f'palettesize={size}', '-o', 'dither=none'))
                ours = mean_error_db([frame[..., :3] for frame in rule], frames)
                peer = [Image.fromarray(frame).quantize(size, Image.Quantize.MEDIANCUT,
                                                        dither=Image.Dither.NONE).convert('RGB')
                        for frame in frames]
                theirs = mean_error_db([np.array(frame) for frame in peer], frames)
                self.assertGreaterEqual(ours, theirs, f'{ours:.2f} dB against {theirs:.2f}')

    def test_unknown_quantizers_are_refused(self):
        self.decoded(self.write(pictures.photograph(), '-o', 'quantizer=wu'))
        output = self.refuse(2, 'convert', *self.raw_input(pictures.moving_bar()), self.path('no.gif'), '-o',
                           'quantizer=guess')
        self.assertIn('wu', output)

    # --- size

    def optimized(self, data):
        """Size of our file after optimization by gifsicle."""
        return len(self.run_tool('gifsicle', '--no-warnings', '-O2', data=data))

    def test_the_file_is_as_small_as_gifsicle_makes_it(self):
        for name, source in SOURCES.items():
            with self.subTest(name):
                self.run_tool('ffmpeg', '-v', 'error', *source, self.path('made.gif'))
                self.mim('convert', self.path('made.gif'), self.path(f'{name}.gif'), '--quiet')
                expected = PEERS['ffmpeg'](self.get('made.gif'))
                self.assertEqual(difference(PEERS['ffmpeg'](self.get(f'{name}.gif')), expected), 'the same')
                self.assertAsSmall(name)
                self.keep_only()
        with self.subTest('photograph'):
            clip = self.run_tool('ffmpeg', '-v', 'error', '-loop', 1, '-i', pictures.PHOTOGRAPH, '-frames:v', 12, '-vf',
                                 'crop=200:150:4*n:3*n', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-')
            self.write(np.frombuffer(clip, np.uint8).reshape(-1, 150, 200, 3), name='photograph.gif')
            self.assertAsSmall('photograph')

    def test_a_blinking_disc_is_as_small_as_gifsicle_makes_it(self):
        y, x = np.mgrid[0:40, 0:40] - 20
        frames = [np.zeros((40, 40, 4), np.uint8) for _ in range(12)]
        for i, frame in enumerate(frames):
            frame[x * x + y * y < 380] = (40, 44, 52, 255)
            frame[x * x + y * y < 100] = (200, 180, 52, 255) if i % 2 else 0
        data = self.write(frames)
        self.assertWritten(data, frames)
        theirs = self.run_tool('gifsicle', '--no-warnings', '-O3', '-Okeep-empty', data=data)
        self.assertLessEqual(len(data), len(theirs))
        self.assertLess(len(data), 1000)  # whole frames have 1600

    def assertAsSmall(self, name):
        data = self.get(f'{name}.gif')
        self.assertLessEqual(len(data), 1.03 * self.optimized(data))

    # --- timing

    def delays(self, count, *words):
        frames = (pictures.moving_bar(count=10) * (count // 10 + 1))[:count]
        return [frame.delay for frame in self.assertWritten(self.write(frames, *words), frames).frames]

    def test_the_total_delay_is_exact(self):
        for words, count, seconds in ((['--fps', '30'], 30, 1.0), (['--fps', '30'], 10, 1 / 3),
                                      (['--fps', '24'], 48, 2.0),
                                      (['--duration', '1/30'], 60, 2.0), (['--duration', '0.0333333333333'], 30, 1.0),
                                      (['--fps', '30000/1001'], 30, 1.001), (['--fps', '60'], 30, 0.6),
                                      (['--fps', '7'], 21, 3.0)):
            with self.subTest(words=' '.join(words), frames=count):
                delays = self.delays(count, *words)
                self.assertEqual(len(delays), count)
                self.assertEqual(sum(delays), round(seconds * 100))
                exact = seconds * 100 / count
                self.assertTrue(all(abs(delay - exact) < 1 for delay in delays), delays)

    def test_one_duration_applies_to_all_frames(self):
        self.assertEqual(self.delays(5, '--duration', '0.5'), [50] * 5)
        self.assertEqual(self.delays(5, '-o', 'duration=0.5'), [50] * 5)
        self.assertEqual(self.delays(5, '-o', 'fps=4'), [25] * 5)
        self.assertEqual(self.delays(5), [10] * 5, 'a tenth of a second is the default')

    def test_a_list_of_durations_applies_frame_by_frame(self):
        self.assertEqual(self.delays(5, '--duration', '0.1,0.2,0.3,0.4,0.5'), [10, 20, 30, 40, 50])
        self.assertEqual(self.delays(5, '--duration', '0,0.01,655.35,1/4,2'), [2, 2, 65535, 25, 200])

    def test_the_total_of_a_list_is_exact(self):
        self.assertEqual(sum(self.delays(6, '--duration', '1/3,1/6,1/3,1/6,1/3,2/3')), 200)

    def test_invalid_durations_leave_the_file_untouched(self):
        for words, what in ((['--duration', '0.1,0.2'], 'duration'), (['--duration', '655.36'], '655.35'),
                            (['--duration', '-1'], 'duration'),
                            (['--duration', 'soon'], 'duration'), (['--duration', '0.1', '--fps', '10'], 'fps'),
                            (['--fps', '0'], 'fps'),
                            (['--duration', 'nan'], 'duration'), (['--duration', '1,1,1,1,700'], '655.35')):
            with self.subTest(' '.join(words)):
                self.put('old.gif', b'precious')
                output = self.refuse(2, 'convert', *self.raw_input(pictures.moving_bar()[:5]), self.path('old.gif'),
                                   '--force', *words)
                self.assertIn(what, output)
                self.assertEqual(self.get('old.gif'), b'precious')
                self.assertNothingBeside('in.raw', 'old.gif')

    def test_the_source_s_timing_is_kept(self):
        parts = [part for i, delay in enumerate((3, 0, 7, 65535)) for part in (control(1, delay), image(full(i)))]
        source = self.put('in.gif', gif(12, 9, gifbytes.netscape(4), *parts, palette=BASIC))
        self.mim('convert', source, self.path('out.gif'))
        judge = gifbytes.Gif(self.get('out.gif'))
        self.assertEqual([frame.delay for frame in judge.frames], [3, 0, 7, 65535])
        self.assertEqual(judge.netscape, 4)
        self.mim('convert', source, self.path('out.gif'), '--force', '--duration', '0.05', '--loop', '2')
        judge = gifbytes.Gif(self.get('out.gif'))
        self.assertEqual([frame.delay for frame in judge.frames], [5] * 4)
        self.assertEqual(judge.netscape, 1)

    def test_loop_counts_plays(self):
        for plays, stored in ((None, 0), (0, 0), (1, None), (2, 1), (3, 2), (65536, 65535)):
            with self.subTest(plays=plays):
                data = self.write(pictures.moving_bar()[:3], *([] if plays is None else ['--loop', str(plays)]))
                self.assertEqual(gifbytes.Gif(data).netscape, stored)
                with Image.open(io.BytesIO(data)) as file:
                    self.assertEqual(file.info.get('loop'), stored)
                self.assertEqual(self.info(self.path('out.gif'))['loop'], plays or 0)
        for plays in ('-2', '65537', 'always'):
            with self.subTest(plays=plays):
                self.refuse(2, 'convert', *self.raw_input(pictures.moving_bar()), self.path('no.gif'),
                            '--force', f'--loop={plays}')

    # --- the rest

    def test_a_comment_is_kept(self):
        data = self.write(pictures.moving_bar()[:2], '-o', 'comment=made by mim')
        self.assertIn(b'made by mim', gifbytes.Gif(data).comments)
        self.assertIn('made by mim', text(self.run_tool('gifsicle', '--info', '-', data=data)))

    def test_threads_change_nothing(self):
        for name, frames in (('bar', pictures.moving_bar()), ('photograph', pictures.photograph(count=9)),
                             ('disc', pictures.coming_and_going(12))):
            for words in ([], ['-o', 'subrectangles=no'], ['-o', 'palettesize=100'], ['--fps', '30']):
                with self.subTest(of=name, words=' '.join(words)):
                    answers = {self.write(frames, *words, '--threads', str(count)) for count in (1, 2, 8)}
                    self.assertEqual(len(answers), 1)
                    self.decoded(answers.pop())

    def test_copying_a_gif_keeps_its_frames(self):
        for disposal in range(4):
            parts = [control(0, 5), image(np.arange(108).reshape(9, 12) % 8)]
            for i, (left, top) in enumerate(((1, 1), (4, 2), (5, 3), (0, 0))):
                parts += [control(disposal, 5 + i, 0), image(checks(6, 5, i + 1, 0), left, top, min_code=3)]
            source = gif(12, 9, *parts, palette=BASIC)
            with self.subTest(disposal=disposal):
                self.mim('convert', self.put('in.gif', source), self.path('out.gif'), '--force')
                expected = [visible(frame) for frame in gifbytes.Gif(source).compose()]
                self.assertEqual(difference(self.decoded(self.get('out.gif'))[1], expected), 'the same')

    def test_sixteen_bits_are_reduced_with_a_notice(self):
        deep = [frame.astype(np.uint16) * 257 for frame in pictures.moving_bar()[:3]]
        done = self.run_mim('convert', *self.raw_input(deep), self.path('out.gif'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stderr.strip(), 'the loss of precision was not reported')
        self.assertWritten(self.get('out.gif'), pictures.moving_bar()[:3])

    def test_gray_with_alpha_is_written_as_rgba(self):
        gray = pictures.samples(np.uint8, 3, 20, 30, 1)
        frames = [np.concatenate([one, np.where(one < 60, 0, 255).astype(np.uint8)], axis=2) for one in gray]
        self.mim('convert', *self.raw_input(frames), self.path('out.gif'))
        self.assertWritten(self.get('out.gif'), [visible(frame) for frame in frames])
        self.assertEqual(self.info(self.path('out.gif'))['channels'], 4)

    def test_gray_stays_gray(self):
        frames = list(pictures.samples(np.uint8, 3, 20, 30, 1))
        frames[1][5:, 5:] = frames[0][5:, 5:] # stored as transparent
        self.mim('convert', *self.raw_input(frames), self.path('out.gif'))
        self.mim('convert', self.path('out.gif'), self.path('again.gif'))
        for name in ('out.gif', 'again.gif'):
            self.assertSameFrames(self.pixels(self.path(name)), frames, name)

    def test_unsupported_channels_are_refused(self):
        for channels in (5, 6):
            with self.subTest(channels=channels):
                frames = [np.zeros((8, 8, channels), np.uint8)] * 2
                output = self.refuse(2, 'convert', *self.raw_input(frames), self.path('out.gif'))
                self.assertIn(str(channels), output)
                self.assertNothingBeside('in.raw')

    def test_frames_of_unequal_size_are_refused(self):
        paths = [self.put(f'{i}.gif', gif(4 + i, 4, image(full(1, 4 + i, 4)), palette=BASIC)) for i in range(2)]
        output = self.refuse(2, 'convert', *paths, self.path('out.gif'))
        self.assertIn('1', output)
        self.assertNothingBeside('0.gif', '1.gif')


if __name__ == '__main__':
    tap.main()
