#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Video writing, looked at by ffprobe and decoded by the ffmpeg command."""

import os
import signal
import struct
import subprocess
from fractions import Fraction

import numpy as np

import tap
from peers import PATIENCE, mean_error_db, mim_program, text, wait_until_loaded
from videopeers import VideoWriting, luma, waves

# What is taken by default: container, codec and pixel format, and the least PSNR of luma in dB.
DEFAULTS = (
    ('mp4', 'h264', 'yuv420p', 38), ('mov', 'h264', 'yuv420p', 38), ('3gp', 'h264', 'yuv420p', 38),
    ('mkv', 'h264', 'yuv420p', 38), ('webm', 'vp9', 'yuv420p', 33), ('avi', 'mpeg4', 'yuv420p', 35),
    ('mpg', 'mpeg2video', 'yuv420p', 35), ('ts', 'h264', 'yuv420p', 38), ('wmv', 'wmv2', 'yuv420p', 33),
    ('flv', 'h264', 'yuv420p', 38), ('ogv', 'theora', 'yuv420p', 33), ('mjpeg', 'mjpeg', 'yuvj420p', 33),
    ('h264', 'h264', 'yuv420p', 38), ('hevc', 'hevc', 'yuv420p', 35),
)
BARE = ('mjpeg', 'h264', 'hevc')


class VideoWrite(VideoWriting):
    # --- containers and codecs

    def test_each_container_has_a_codec_and_keeps_count_rate_and_pixels(self):
        frames = waves()
        for name, codec, pixel, least in DEFAULTS:
            with self.subTest(name):
                options = () if name in BARE else ('--fps', '25')
                path = self.write(frames, 'out.' + name, *options)
                stream = self.video(path)
                self.assertEqual((stream['codec_name'], stream['pix_fmt'], int(stream['nb_read_frames'])), (codec, pixel, 8))
                self.assertEqual((stream['width'], stream['height']), (64, 48))
                if options:
                    self.assertEqual(Fraction(stream['r_frame_rate']), 25)
                for got, sent in zip(self.decoded(path), frames):
                    self.assertGreater(mean_error_db(luma(got), luma(sent)), least)

    def test_the_memory_of_an_encoder_is_limited(self):
        """A few bytes for a canvas of 64 million pixels, and a usual picture in little memory."""
        big = self.put('big.gif', b'GIF89a' + struct.pack('<HHBBB', 8000, 8000, 0x80, 0, 0) + b'\0\0\0\xff\xff\xff' +
                       struct.pack('<BHHHHB', 0x2c, 0, 0, 1, 1, 0) + b'\x02\x02\x44\x01\0\x3b')
        for codec in 'ffv1', 'libx264':
            with self.subTest(codec):
                said = self.refuse(5, 'convert', big, self.path('big.mkv'), '-o', 'codec=' + codec)
                self.assertRegex(said, r'exceeds the limit working=\d+: \d+ bytes are in use and \d+ more needed; --memory SIZE')
        frames = [np.zeros((480, 640, 3), np.uint8)] * 3
        for codec in 'ffv1', 'libx264':
            with self.subTest(codec):
                self.refuse(5, 'convert', '-f', *self.raw_input(frames), self.path('out.mkv'), '-o', 'codec=' + codec, '--memory', '10MB')
                self.write(frames, 'out.mkv', '-o', 'codec=' + codec, '--memory', '200MB')

    def test_the_default_is_ten_frames_a_second_and_fps_is_exact(self):
        frames = waves(6)
        for fps, rate in ((None, 10), ('24000/1001', Fraction(24000, 1001)), ('12.5', Fraction(25, 2)), ('60', 60), ('1/3', Fraction(1, 3))):
            for name in ('mp4', 'mkv', 'avi', 'mov'):
                with self.subTest(fps=fps, name=name):
                    path = self.write(frames, 'out.' + name, *(('--fps', fps) if fps else ()))
                    self.assertEqual(Fraction(self.video(path)['avg_frame_rate']), rate)
                    for k, moment in enumerate(self.times(path)):
                        self.assertAlmostEqual(moment, float(k / rate), delta=0.0011)
                    if name == 'mp4':
                        self.assertAlmostEqual(float(self.probe(path)['format']['duration']), float(6 / rate), delta=0.0011)

    def test_frames_without_a_packet_are_counted(self):
        """libtheora leaves out a frame that equals the one before."""
        frames = [np.full((48, 64, 3), 40 + 60 * (k // 2), np.uint8) for k in range(6)]
        done = self.run_mim('convert', '--force', *self.raw_input(frames), self.path('out.ogv'))
        left = int(self.video(self.path('out.ogv'))['nb_read_frames'])
        self.assertLess(left, 6)
        self.assertIn(f'libtheora leaves out {6 - left} of 6 frames', text(done.stderr))
        self.assertIn('leaves out', self.refuse(7, 'convert', '--strict', '--force', *self.raw_input(frames), self.path('out.ogv')))

    def test_lossless_codecs_are_exact_in_every_layout(self):
        pixels = {(1, 'u1'): 'gray', (3, 'u1'): 'rgb24', (4, 'u1'): 'rgba', (1, 'u2'): 'gray16le', (3, 'u2'): 'rgb48le',
                  (4, 'u2'): 'rgba64le', (2, 'u1'): 'ya8'}
        cases = [('ffv1', 'mkv', pixels), ('png', 'mov', pixels)]
        cases += [('qtrle', 'mov', {(3, 'u1'): 'rgb24', (4, 'u1'): 'rgba'}), ('huffyuv', 'avi', {(3, 'u1'): 'rgb24'}),
                  ('utvideo', 'avi', {(3, 'u1'): 'rgb24'}), ('libx264rgb', 'mp4', {(3, 'u1'): 'rgb24'})]
        for codec, name, layouts in cases:
            for (channels, kind), pixel in layouts.items():
                for height, width in ((48, 64), (33, 35), (1, 1)):
                    with self.subTest(codec=codec, pixel=pixel, size=f'{width}x{height}'):
                        frames = waves(3, height, width, channels, np.dtype(kind).type)
                        exact = ['-o', 'codec:qp=0'] if codec == 'libx264rgb' else []
                        path = self.write(frames, 'out.' + name, '-o', f'codec={codec}', *exact)
                        self.assertSameFrames(self.decoded(path, pixel), frames)

    def test_colours_are_tagged_and_come_back(self):
        for height, width, space in ((48, 64, 'smpte170m'), (720, 64, 'bt709')):
            for name in ('mp4', 'webm', 'mkv'):
                with self.subTest(height=height, name=name):
                    frames = [np.full((height, width, 3), (200, 40, 90), np.uint8)] * 2
                    path = self.write(frames, 'out.' + name)
                    stream = self.video(path)
                    self.assertEqual((stream.get('color_space'), stream.get('color_range')), (space, 'tv'))
                    for got in (self.decoded(path)[0], self.pixels(path)[0]):
                        self.assertLess(np.abs(got.astype(int) - frames[0]).max(), 4)

    def test_ten_bits_are_kept_when_they_are_asked_for(self):
        ramp = [np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (64, 1))[..., None] for _ in range(2)]
        for codec, pixel in (('libx264', 'yuv420p10le'), ('libvpx-vp9', 'yuv420p10le')):
            with self.subTest(codec):
                path = self.write(ramp, 'out.mkv', '-o', f'codec={codec}', '-o', f'pixelformat={pixel}', '-o', 'crf=4')
                self.assertEqual(self.video(path)['pix_fmt'], pixel)
                got = self.decoded(path, 'gray16le')[0]
                self.assertGreater(len(np.unique(got)), 200)
        self.write(ramp, 'out.mp4')
        self.assertEqual(self.video(self.path('out.mp4'))['pix_fmt'], 'yuv420p')

    # --- alpha

    def test_alpha_is_kept_by_codecs_that_can(self):
        frames = waves(3, 48, 64, 4)
        path = self.write(frames, 'out.webm', '-o', 'crf=4')
        got = self.decoded(path, 'rgba', '-c:v', 'libvpx-vp9')
        for one, other in zip(got, frames):
            self.assertGreater(mean_error_db(one[..., 3], other[..., 3]), 35)

    def test_alpha_is_composited_on_the_background_with_a_note_if_a_pixel_is_transparent(self):
        clear = [np.zeros((48, 64, 4), np.uint8)] * 2
        for options, colour in (((), (255, 255, 255)), (('-o', 'background=black'), (0, 0, 0)), (('-o', 'background=#00ff00'), (0, 255, 0))):
            with self.subTest(options=options):
                done = self.run_mim('convert', '--force', *self.raw_input(clear), self.path('out.mp4'), *options)
                self.assertEqual(done.returncode, 0)
                self.assertIn('composited', text(done.stderr))
                got = self.decoded(self.path('out.mp4'))[0]
                self.assertLess(np.abs(got.astype(int) - colour).max(), 6)
        opaque = [np.full((48, 64, 4), 255, np.uint8)] * 2
        done = self.run_mim('convert', '--force', *self.raw_input(opaque), self.path('out.mp4'))
        self.assertNotIn('composited', text(done.stderr))

    # --- sizes

    def test_odd_sizes_get_one_repeated_line_and_a_note(self):
        frames = waves(3, 33, 35)
        done = self.run_mim('convert', *self.raw_input(frames), self.path('out.mp4'), '-o', 'crf=1')
        self.assertIn('35x33 pixels are padded to 36x34', text(done.stderr))
        got = self.decoded(self.path('out.mp4'))
        self.assertEqual(got[0].shape, (34, 36, 3))
        for one, other in zip(got, frames):
            self.assertGreater(mean_error_db(luma(one[:33, :35]), luma(other)), 40)
            self.assertLess(np.abs(luma(one[:, 35]) - luma(one[:, 34])).mean(), 3)
            self.assertLess(np.abs(luma(one[33]) - luma(one[32])).mean(), 3)

    def test_codecs_that_take_odd_sizes_get_them(self):
        frames = waves(2, 33, 35)
        for name in ('webm', 'avi', 'mjpeg'):
            with self.subTest(name):
                done = self.run_mim('convert', *self.raw_input(frames), self.path('out.' + name))
                self.assertNotIn('padded', text(done.stderr))
                self.assertEqual(self.decoded(self.path('out.' + name))[0].shape, (33, 35, 3))

    def test_macro_block_size_pads(self):
        done = self.run_mim('convert', *self.raw_input(waves(2, 33, 35)), self.path('out.mp4'), '-o', 'macro_block_size=16')
        self.assertIn('padded to 48x48', text(done.stderr))
        stream = self.video(self.path('out.mp4'))
        self.assertEqual((stream['width'], stream['height']), (48, 48))

    # --- the file

    def boxes(self, data):
        at, found = 0, []
        while at + 8 <= len(data):
            found.append(data[at + 4:at + 8].decode('latin-1'))
            at += int.from_bytes(data[at:at + 4], 'big') or len(data)
        return found

    def test_mp4_starts_playing_at_once(self):
        for name in ('mp4', 'mov', '3gp'):
            with self.subTest(name):
                boxes = self.boxes(open(self.write(waves(), 'out.' + name), 'rb').read())
                self.assertLess(boxes.index('moov'), boxes.index('mdat'))

    def test_the_same_bytes_by_path_pipe_and_again(self):
        arguments = self.raw_input(waves())
        for name in ('mp4', 'mkv', 'webm', 'avi', 'ts', 'mpg', 'ogv', 'flv', 'wmv'):
            with self.subTest(name):
                self.mim('convert', '-q', '--force', *arguments, self.path('out.' + name), '--threads', 1)
                piped = self.mim('convert', '-q', *arguments, '-', '--to', 'mpeg' if name == 'mpg' else name, '--threads', 1)
                self.assertEqual(self.get('out.' + name), piped)

    def test_tags_are_kept(self):
        self.sounding('in.mkv', 'aac', 1, '-metadata', 'title=A title', '-metadata', 'comment=Said', '-metadata', 'genre=Jazz')
        for name in ('mp4', 'mkv', 'mov', 'avi', 'flv', 'wmv'):
            with self.subTest(name):
                done = self.run_mim('convert', '--force', self.path('in.mkv'), self.path('out.' + name))
                self.assertNotIn('cannot keep', text(done.stderr))
                tags = {key.lower(): value for key, value in self.probe(self.path('out.' + name))['format']['tags'].items()}
                self.assertEqual((tags.get('title'), tags.get('comment'), tags.get('genre')), ('A title', 'Said', 'Jazz'))
        done = self.run_mim('convert', '--force', self.path('in.mkv'), self.path('out.ts'))
        self.assertIn("ts cannot keep the metadata 'title'", text(done.stderr))

    # --- options

    def test_wrong_options_name_what_is_right(self):
        arguments = self.raw_input(waves(2))
        for options, words in (
            (('codec=nosuch',), ('nosuch', 'libx264')),
            (('codec=libvpx',), ('cannot be stored in this container', 'libx264')),
            (('codec=rawvideo',), ('cannot be stored in this container',)),
            (('codec=aac',), ('is not a video encoder',)),
            (('pixelformat=nosuch',), ('yuv420p', 'yuv444p')),
            (('pixelformat=bgr24', ), ('libx264', 'yuv420p')),
            (('codec:cfr=1',), ("no option 'codec:cfr'", "'codec:crf'")),
            (('codec:crf=bad',), ('codec:crf=bad',)),
            (('format:moveflags=faststart',), ('format:movflags',)),
            (('preset=slowish',), ('veryslow', 'medium')),
            (('codec:tune=nosuch',), ('nosuch', 'zerolatency')),
            (('codec:profile=nosuch',), ('nosuch', 'baseline')),
            (('audio=',), ('audio', 'copy', 'none')),
            (('codec=mpeg4', 'preset=slow'), ('mpeg4 has no presets',)),
            (('codec=mpeg4', 'crf=3'), ('mpeg4 has no crf',)),
            (('bitrate=fast',), ('800k',)),
            (('bitrate=0',), ('800k',)),
            (('fps=0',), ('fps',)),
            (('quality=11',), ('0', '10')),
            (('codec=mpeg1video', 'fps=10'), ('24000/1001',)),
            (('macro_block_size=0',), ('256',)),
            (('codec:flags=pass1',), ('two-pass',)),
        ):
            with self.subTest(' '.join(options)):
                name = 'out.mkv' if 'mpeg1video' in options[0] else 'out.mp4'
                said = self.refuse(2, 'convert', *arguments, self.path(name), *[word for option in options for word in ('-o', option)])
                for word in words:
                    self.assertIn(word, said)
                self.assertEqual(len(said.splitlines()), 1)
        for options in (('quality=5', 'crf=20'), ('quality=5', 'bitrate=1M'), ('crf=20', 'bitrate=1M')):
            with self.subTest(' '.join(options)):
                self.refuse(2, 'convert', *arguments, self.path('out.mp4'), *[word for option in options for word in ('-o', option)])
        for codec in ('qtrle', 'png'):
            said = self.refuse(2, 'convert', *arguments, self.path('out.mov'), '-o', 'codec=' + codec, '-o', 'quality=5')
            self.assertIn('it is lossless', said)
        self.assertNothingBeside('in.raw')

    def test_five_channels_are_refused(self):
        self.refuse(2, 'convert', *self.raw_input([np.zeros((8, 8, 5), np.uint8)]), self.path('out.mp4'))
        self.assertNothingBeside('in.raw')

    def test_quality_orders_sizes_and_errors(self):
        rng = np.random.default_rng(3)
        frames = [np.clip(frame.astype(int) + rng.integers(-20, 20, frame.shape), 0, 255).astype(np.uint8) for frame in waves(5)]
        for name in ('mp4', 'avi', 'webm', 'ogv', 'mjpeg', 'wmv'):
            with self.subTest(name):
                sizes, errors = [], []
                for quality in (1, 5, 9):
                    path = self.write(frames, 'out.' + name, '-o', f'quality={quality}')
                    sizes.append(os.path.getsize(path))
                    errors.append(mean_error_db(luma(self.decoded(path)[-1]), luma(frames[-1])))
                self.assertEqual((sizes, errors), (sorted(sizes), sorted(errors)))

    def test_quality_is_the_crf_that_imageio_takes(self):
        for quality, crf in ((10, 0), (8, 10), (5, 25), (0, 51)):
            with self.subTest(quality=quality):
                data = open(self.write(waves(2), 'out.mp4', '-o', f'quality={quality}'), 'rb').read()
                self.assertTrue(f'crf={crf}.0'.encode() in data or (crf == 0 and b'rc=cqp mbtree=0 crf' not in data))

    def test_gop_and_options_of_the_encoder_reach_it(self):
        path = self.write(waves(12), 'out.mp4', '-o', 'gop=3', '-o', 'codec:bf=0', '-o', 'codec:x264-params=ref=2')
        said = self.run_tool('ffprobe', '-v', 'error', '-show_entries', 'packet=flags', '-of', 'csv=p=0', path)
        flags = text(said).split()
        self.assertEqual([k for k, flag in enumerate(flags) if flag.startswith('K')], [0, 3, 6, 9])
        self.assertIn(b'ref=2', open(path, 'rb').read())

    # --- failing

    def test_what_is_interrupted_leaves_nothing(self):
        frames = waves(2, 240, 320) * 150
        arguments = self.raw_input(frames)
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(sign.name):
                mim = subprocess.Popen([mim_program(), 'convert', *arguments, self.path('out.mp4'), '-o', 'preset=veryslow'],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment())
                wait_until_loaded(mim, 'video')
                mim.send_signal(sign)
                self.assertEqual(mim.wait(timeout=PATIENCE), -sign)
                self.assertNotIn('out.mp4', os.listdir(self.folder))

    def test_a_full_disk_leaves_nothing(self):
        arguments = self.raw_input(waves())
        for name in ('mp4', 'mkv', 'avi', 'ts'):
            with self.subTest(name):
                self.refuse(7, 'convert', '--force', *arguments, '/dev/full', '--to', name)

    def test_nothing_but_our_own_lines_is_said(self):
        for name in ('mp4', 'webm', 'avi', 'hevc', 'mpg', 'ogv', 'mjpeg'):
            with self.subTest(name):
                done = self.run_mim('convert', *self.raw_input(waves(3)), self.path('out.' + name))
                self.assertEqual((text(done.stdout), text(done.stderr)), ('', ''))

    def test_memory_does_not_grow_with_the_video(self):
        peaks = []
        for count in (1000, 10000):
            with open(self.path('in.raw'), 'wb') as out:
                for k in range(count):
                    out.write(bytes([k % 251]) * (32 * 24 * 3))
            mim = subprocess.Popen([mim_program(), 'convert', '-q', '--force', '--from', 'raw', '-i', 'width=32', '-i', 'height=24',
                                    '-i', 'channels=3', '-i', 'sample=u8', self.path('in.raw'), self.path('out.mp4'), '-o',
                                    'preset=ultrafast'], env=self.environment())
            _, status, usage = os.wait4(mim.pid, 0)
            mim.returncode = os.waitstatus_to_exitcode(status)
            self.assertEqual(mim.returncode, 0)
            peaks.append(usage.ru_maxrss / 1024)
        self.assertPeakBelow(peaks[1], peaks[0] + 8)


if __name__ == '__main__':
    tap.main()
