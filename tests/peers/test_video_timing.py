#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""When the frames of written videos are shown, by ffprobe."""

import json
from fractions import Fraction

import numpy as np

import tap
from gifbytes import control, gif, image
from peers import text
from videopeers import VideoWriting


class VideoTiming(VideoWriting):
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
                if name == 'mpg':  # libtheora leaves out frames that equal the one before
                    self.assertEqual(int(self.video(self.path('out.' + name))['nb_read_frames']), sum(delays) // delays[0])
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

    def test_rounded_milliseconds_become_the_rate_that_they_mean(self):
        for rate in ('30000/1001', '24'):
            self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', f'testsrc2=s=64x48:r={rate}:d=2.6', '-c:v', 'libx264',
                          '-pix_fmt', 'yuv420p', self.path('in.mkv'))
            for name in ('mp4', 'mov', 'ts'):
                with self.subTest(f'{rate} {name}'):
                    self.mim('convert', '-q', '--force', self.path('in.mkv'), self.path('out.' + name))
                    times = self.times(self.path('out.' + name))
                    for i, time in enumerate(times):
                        self.assertAlmostEqual(time - times[0], i / Fraction(rate), delta=2e-5)

    def test_the_last_frame_lasts_as_the_track_tells(self):
        self.uneven([3, 7, 10, 33])
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'sine=d=3', self.path('in.wav'))
        for name in ('mp4', 'mov'):
            for sound in ('none', self.path('in.wav')):
                with self.subTest(f'{name} {sound}'):
                    self.mim('convert', '-q', '--force', self.path('in.gif'), self.path('out.' + name), '-o', 'audio=' + sound)
                    for options in ((), ('--each',)):
                        facts, = json.loads(self.mim('info', '--json', *options, self.path('out.' + name)))
                        self.assertAlmostEqual(facts['duration'], 0.53, delta=0.001)
                    self.assertAlmostEqual(facts['each'][3]['duration'], 0.33, delta=0.001)

    def test_the_last_frame_ends_with_a_matroska_file(self):
        """Its packets have a default duration only, and FFmpeg states no start of streams that are slow and reordered."""
        self.uneven([10] * 40 + [3, 17, 4, 5] * 10)
        self.mim('convert', '-q', self.path('in.gif'), self.path('late.mkv'))
        for rate, frames in (('1/10', 31), ('25', 9), ('60000/1001', 20)):
            self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', f'testsrc2=s=64x48:r={rate}', '-frames:v', frames,
                          '-c:v', 'libx264', '-bf', 2, '-pix_fmt', 'yuv420p', self.path(f'{frames}.mkv'))
        self.run_tool('ffmpeg', '-v', 'error', '-i', self.path('9.mkv'), '-c', 'copy', '-output_ts_offset', 5, self.path('offset.mkv'))
        for name, start in (('late.mkv', 0), ('31.mkv', 0), ('9.mkv', 0), ('20.mkv', 0), ('offset.mkv', 5)):
            expected = float(self.probe(self.path(name))['format']['duration']) - start
            for options in ((), ('--each',), ('--count',)):
                with self.subTest(f'{name} {options}'):
                    facts, = json.loads(self.mim('info', '--json', *options, self.path(name)))
                    self.assertAlmostEqual(facts['duration'], expected, delta=0.0011)

    def test_a_rate_that_milliseconds_round_is_exact(self):
        for rate in ('24000/1001', '30000/1001', '60000/1001', '24', '12.5', '60', '29.5'):
            for name in ('mkv', 'webm', 'flv', 'mp4'):
                codec = {'webm': 'libvpx', 'flv': 'flv'}.get(name, 'mpeg4')
                self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', f'testsrc2=s=64x48:r={rate}', '-frames:v', 31,
                              '-c:v', codec, self.path('out.' + name))
                with self.subTest(f'{rate} {name}'):
                    facts, = json.loads(self.mim('info', '--json', self.path('out.' + name)))
                    self.assertAlmostEqual(facts['fps'], float(Fraction(rate)), delta=1e-9)

    def test_fps_replaces_the_sources_timing_without_a_note(self):
        self.uneven([10, 20, 5])
        done = self.run_mim('convert', self.path('in.gif'), self.path('out.mp4'), '--fps', '20')
        self.assertNotIn('timing', text(done.stderr))
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


if __name__ == '__main__':
    tap.main()
