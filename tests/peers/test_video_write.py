#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Video writing, looked at by ffprobe and decoded by the ffmpeg command."""

import json
import os
import signal
import subprocess
import time
from fractions import Fraction

import numpy as np

import tap
from gifbytes import control, gif, image
from peers import PeerCase, ffmpeg_version, mean_error_db, mim_program, text

# What is taken by default: container, codec and pixel format, and the least PSNR of luma in dB.
DEFAULTS = (
    ('mp4', 'h264', 'yuv420p', 38), ('mov', 'h264', 'yuv420p', 38), ('3gp', 'h264', 'yuv420p', 38),
    ('mkv', 'h264', 'yuv420p', 38), ('webm', 'vp9', 'yuv420p', 33), ('avi', 'mpeg4', 'yuv420p', 35),
    ('mpg', 'mpeg2video', 'yuv420p', 35), ('ts', 'h264', 'yuv420p', 38), ('wmv', 'wmv2', 'yuv420p', 33),
    ('flv', 'h264', 'yuv420p', 38), ('ogv', 'theora', 'yuv420p', 33), ('mjpeg', 'mjpeg', 'yuvj420p', 33),
    ('h264', 'h264', 'yuv420p', 38), ('hevc', 'hevc', 'yuv420p', 35),
)
BARE = ('mjpeg', 'h264', 'hevc')


def waves(count=8, height=48, width=64, channels=3, dtype=np.uint8):
    """Smooth pictures that move: what a codec is made for."""
    y, x = np.mgrid[0:height, 0:width]
    top = np.iinfo(dtype).max
    planes = [[0.5 + 0.45 * np.sin((x * (c + 2) + y * (5 - c)) / 30 + k / 3 + c) for c in range(channels)]
              for k in range(count)]
    return [np.stack(frame, axis=2).__mul__(top).round().astype(dtype) for frame in planes]


def luma(frame):
    return frame[..., :3].astype(float) @ (0.299, 0.587, 0.114)


class VideoWriting(PeerCase):
    def write(self, frames, name, *options, **more):
        self.mim('convert', '-q', '--force', *self.raw_input(frames), self.path(name), *options, **more)
        return self.path(name)

    def probe(self, path, *options):
        said = self.run_tool('ffprobe', '-v', 'error', '-of', 'json', '-count_frames', '-show_streams', '-show_format', *options,
                             path)
        return json.loads(said)

    def video(self, path):
        return [stream for stream in self.probe(path)['streams'] if stream['codec_type'] == 'video'][0]

    def audio(self, path):
        return [stream for stream in self.probe(path)['streams'] if stream['codec_type'] == 'audio']

    def times(self, path):
        """When each frame is shown, in seconds after the first."""
        said = self.run_tool('ffprobe', '-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=best_effort_timestamp_time',
                             '-of', 'csv=p=0', path)
        shown = sorted(float(line.split(',')[0]) for line in text(said).split())
        return [moment - shown[0] for moment in shown]

    def decoded(self, path, pixel='rgb24', *before):
        stream = self.video(path)
        raw = self.run_tool('ffmpeg', '-v', 'error', *before, '-i', path, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt',
                            pixel, '-')
        channels = {'gray': 1, 'gray16le': 1, 'ya8': 2, 'rgb24': 3, 'rgb48le': 3, 'rgba': 4, 'rgba64le': 4}[pixel]
        dtype = np.dtype('<u2') if '16' in pixel or '48' in pixel or '64' in pixel else np.dtype(np.uint8)
        return list(np.frombuffer(raw, dtype).reshape(-1, stream['height'], stream['width'], channels))

    def sounding(self, name='in.mp4', codec='aac', seconds=2, *more):
        """A video with a sound track, by the ffmpeg command."""
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25', '-f', 'lavfi', '-i', 'sine=440',
                      '-t', seconds, '-c:v', 'mpeg4', '-c:a', codec, *more, self.path(name))
        return self.path(name)

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

    def test_where_the_matrix_cannot_be_said_it_is_that_of_the_ffmpeg_command(self):
        frames = [np.full((720, 64, 3), (200, 40, 90), np.uint8)] * 2
        for name in ('avi', 'wmv', 'ogv', 'mjpeg'):
            with self.subTest(name):
                got = self.decoded(self.write(frames, 'out.' + name))[0]
                self.assertLess(np.abs(got.astype(int) - frames[0]).max(), 5)

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

    # --- timing

    def uneven(self, delays):
        palette = [(k * 80, 255 - k * 60, 40) for k in range(4)]
        pictures = [control(delay=delay) + image(np.full((32, 32), k % 4)) for k, delay in enumerate(delays)]
        return self.put('in.gif', gif(32, 32, *pictures, palette=palette))

    def test_unequal_delays_are_kept(self):
        delays = [10, 20, 5, 40, 7, 10, 3, 15]
        self.uneven(delays)
        starts = np.cumsum([0] + delays)[:-1] / 100
        for name in ('mp4', 'mov', 'mkv', 'webm', 'avi', 'ts', 'flv', 'wmv'):
            with self.subTest(name):
                self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('out.' + name))
                times = self.times(self.path('out.' + name))
                self.assertEqual(len(times), len(delays))
                for got, expected in zip(times, starts):
                    self.assertAlmostEqual(got, expected, delta=0.0011)
        for name in ('mp4', 'mkv'):
            self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('out.' + name))
            self.assertAlmostEqual(float(self.probe(self.path('out.' + name))['format']['duration']), 1.1, delta=0.012)

    def test_the_last_delay_comes_back_too(self):
        """Their headers tell when the stream ends; packets do not, where pictures are coded out of their order."""
        delays = [10, 20, 5, 40, 7, 10, 3, 15]
        self.uneven(delays)
        for name in ('mp4', 'mov', 'mkv', 'webm', 'avi'):
            with self.subTest(name):
                self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('out.' + name))
                facts, = json.loads(self.mim('info', '--json', '--each', self.path('out.' + name)))
                self.assertEqual([round(each['duration'] * 100) for each in facts['each']], delays)

    def test_uneven_timing_that_is_not_exact_is_said(self):
        for delays, says in (([10, 20, 10], True), ([4] * 6, False)):
            self.uneven(delays)
            for name in ('mpg', 'ogv'):
                done = self.run_mim('convert', '--force', self.path('in.gif'), self.path('out.' + name))
                self.assertEqual('stores one rate for all' in text(done.stderr), says)
                self.assertEqual(Fraction(self.video(self.path('out.' + name))['r_frame_rate']), Fraction(100, delays[0]))
        self.uneven([10, 3, 7])
        for name in ('h264', 'mjpeg'):
            done = self.run_mim('convert', '--force', self.path('in.gif'), self.path('out.' + name))
            self.assertIn('keeps no timing', text(done.stderr))

    def test_equal_delays_are_a_rate_in_the_header(self):
        self.uneven([4] * 12)
        for name in ('mp4', 'mkv', 'webm', 'avi', 'flv', 'wmv'):
            with self.subTest(name):
                self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('out.' + name))
                stream = self.video(self.path('out.' + name))
                rates = [stream['avg_frame_rate'], stream['r_frame_rate']]
                self.assertIn('25/1', rates)

    def test_fps_replaces_the_sources_timing_with_a_note(self):
        self.uneven([10, 20, 5])
        done = self.run_mim('convert', self.path('in.gif'), self.path('out.mp4'), '--fps', '20')
        self.assertIn("the source's timing is replaced by fps", text(done.stderr))
        for got, expected in zip(self.times(self.path('out.mp4')), (0, 0.05, 0.1)):
            self.assertAlmostEqual(got, expected, places=4)

    def test_a_video_keeps_its_timestamps(self):
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=30000/1001', '-t', 2, '-vf',
                      "select='not(eq(mod(n,7),3))'", '-fps_mode', 'vfr', '-c:v', 'libx264', self.path('in.mp4'))
        expected = self.times(self.path('in.mp4'))
        for name in ('mp4', 'mkv', 'mov'):
            with self.subTest(name):
                self.mim('convert', '-q', '--force', self.path('in.mp4'), self.path('out.' + name))
                got = self.times(self.path('out.' + name))
                self.assertEqual(len(got), len(expected))
                for one, other in zip(got, expected):
                    self.assertAlmostEqual(one, other, delta=0.0011)

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

    # --- sound

    def test_sound_is_copied_where_the_container_holds_it(self):
        source = self.sounding()
        packets = ['-v', 'error', '-map', '0:a', '-c', 'copy', '-f', 'md5', '-']
        for name in ('mp4', 'mov', 'mkv', '3gp'):
            with self.subTest(name):
                self.mim('convert', '-q', '--force', source, self.path('out.' + name))
                sound = self.audio(self.path('out.' + name))
                self.assertEqual([stream['codec_name'] for stream in sound], ['aac'])
                self.assertAlmostEqual(float(self.probe(self.path('out.' + name))['format']['duration']), 2, delta=0.03)
        self.mim('convert', '-q', '--force', source, self.path('out.mp4'))
        self.assertEqual(self.run_tool('ffmpeg', '-i', source, *packets), self.run_tool('ffmpeg', '-i', self.path('out.mp4'), *packets))

    def test_sound_that_the_container_does_not_hold_is_encoded_with_a_note(self):
        linear, companded = self.sounding('linear.mkv', 'pcm_s16le'), self.sounding('companded.mkv', 'pcm_alaw')
        for name, source, codec in (('mp4', companded, 'aac'), ('webm', linear, 'opus'), ('ogv', linear, 'vorbis'),
                                    ('mpg', linear, 'mp2')):
            with self.subTest(name):
                done = self.run_mim('convert', '--force', source, self.path('out.' + name))
                self.assertIn('the sound is re-encoded', text(done.stderr))
                self.assertEqual([stream['codec_name'] for stream in self.audio(self.path('out.' + name))], [codec])
                raw = self.run_tool('ffmpeg', '-v', 'error', '-i', self.path('out.' + name), '-map', '0:a', '-ac', 1, '-ar', 8000, '-f',
                                    's16le', '-')
                tone = np.abs(np.fft.rfft(np.frombuffer(raw, '<i2')[2000:10000]))
                self.assertEqual(np.argmax(tone), 440)

    def test_samples_are_copied_into_mp4_from_ffmpeg_6_1_on(self):
        source = self.sounding('in.mkv', 'pcm_s16le')
        done = self.run_mim('convert', '--force', source, self.path('out.mp4'))
        copies = ffmpeg_version() >= (6, 1)
        self.assertEqual([stream['codec_name'] for stream in self.audio(self.path('out.mp4'))], ['pcm_s16le' if copies else 'aac'])
        self.assertEqual('the sound is re-encoded' in text(done.stderr), not copies)
        if copies:
            packets = ['-v', 'error', '-map', '0:a', '-f', 's16le', '-']
            self.assertEqual(self.run_tool('ffmpeg', '-i', source, *packets), self.run_tool('ffmpeg', '-i', self.path('out.mp4'), *packets))

    def test_sound_by_another_codec_when_it_is_asked_for(self):
        self.mim('convert', '-q', self.sounding(), self.path('out.mkv'), '-o', 'audio_codec=flac')
        self.assertEqual([stream['codec_name'] for stream in self.audio(self.path('out.mkv'))], ['flac'])
        said = self.refuse(2, 'convert', self.path('in.mp4'), self.path('no.webm'), '-o', 'audio_codec=flac')
        self.assertIn('cannot be stored in this container', said)

    def test_sound_that_changes_its_channels_and_rate_within_a_stream(self):
        parts = []
        for channels, rate in ((2, 44100), (1, 44100), (2, 22050)):
            parts.append(self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', f'sine=440:sample_rate={rate}', '-t', 1, '-ac', channels,
                                       '-id3v2_version', 0, '-write_xing', 0, '-f', 'mp3', '-'))
        for name, pieces in (('falling', parts), ('rising', parts[::-1])):
            with self.subTest(name):
                self.put('tone.mp3', b''.join(pieces))
                path = self.write(waves(30), 'out.mkv', '-o', 'audio=' + self.path('tone.mp3'), '-o', 'audio_codec=flac')
                raw = self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-map', '0:a', '-ac', 1, '-ar', 8000, '-f', 's16le', '-')
                sound = np.frombuffer(raw, '<i2')
                self.assertAlmostEqual(len(sound) / 8000, 3, delta=0.05)
                for second in (0, 1, 2):
                    tone = np.abs(np.fft.rfft(sound[second * 8000 + 2000:second * 8000 + 6000]))
                    self.assertEqual(np.argmax(tone) * 2, 440)

    def test_no_sound_when_none_is_wanted(self):
        done = self.run_mim('convert', self.sounding(), self.path('out.mp4'), '-o', 'audio=none')
        self.assertEqual((self.audio(self.path('out.mp4')), text(done.stderr)), ([], ''))

    def test_sound_of_another_file(self):
        for codec, written in (('pcm_alaw', 'aac'), ('pcm_s16le', 'pcm_s16le' if ffmpeg_version() >= (6, 1) else 'aac')):
            with self.subTest(codec):
                tone = self.path(f'{codec}.wav')
                self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'sine=440', '-t', 5, '-c:a', codec, tone)
                path = self.write(waves(20), f'{codec}.mp4', '-o', 'audio=' + tone)
                self.assertEqual([stream['codec_name'] for stream in self.audio(path)], [written])
                self.assertAlmostEqual(float(self.probe(path)['format']['duration']), 2, delta=0.05)

    def test_a_file_without_sound_or_that_is_none_is_refused(self):
        self.put('text.wav', b'no sound at all' * 100)
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48', '-t', 1, self.path('silent.mp4'))
        self.put('list.m3u8', b'#EXTM3U\n#EXTINF:1,\n' + self.path('silent.mp4').encode() + b'\n#EXT-X-ENDLIST\n')
        for name in ('text.wav', 'silent.mp4', 'list.m3u8', 'missing.wav'):
            with self.subTest(name):
                done = self.run_mim('convert', *self.raw_input(waves(2)), self.path('out.mp4'), '-o', 'audio=' + self.path(name))
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(self.path(name), text(done.stderr))
                self.assertFalse(os.path.exists(self.path('out.mp4')))

    def test_what_makes_sound_senseless_is_said(self):
        source = self.sounding()
        for options, why in ((('--fps', '50'), 'fps changes'), (('--frames', '::2'), 'not all of the source')):
            with self.subTest(why):
                done = self.run_mim('convert', '--force', source, self.path('out.mp4'), *options)
                self.assertIn('the sound is left out: ', text(done.stderr))
                self.assertIn(why, text(done.stderr))
                self.assertEqual(self.audio(self.path('out.mp4')), [])
        done = self.run_mim('convert', '--force', source, self.path('out.h264'))
        self.assertIn('the sound is left out: a bare stream cannot hold any', text(done.stderr))
        done = self.run_mim('convert', '--force', source, self.path('out.mp4'), '--fps', '25')
        self.assertEqual(len(self.audio(self.path('out.mp4'))), 1)

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
        for sign, code in ((signal.SIGINT, 130), (signal.SIGTERM, None), (signal.SIGKILL, None)):
            with self.subTest(sign.name):
                mim = subprocess.Popen([mim_program(), 'convert', *arguments, self.path('out.mp4'), '-o', 'preset=veryslow'],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=self.environment())
                time.sleep(0.5)
                mim.send_signal(sign)
                done = mim.wait(timeout=60)
                self.assertNotEqual(done, 0)
                if code:
                    self.assertEqual(done, code)
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
