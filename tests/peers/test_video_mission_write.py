#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The mission page's lines that write videos, in C (video-mission-write.c, named by VIDEO_MISSION_WRITE) and by the command;
what comes out is looked at by ffprobe, decoded by the ffmpeg command, and by Pillow."""

import json
import os
import subprocess
from fractions import Fraction

import numpy as np
from PIL import Image

import pictures
import tap
from gifbytes import control, gif, image
from peers import PATIENCE, PeerCase, mean_error_db, text

BAR = pictures.moving_bar()
PALETTE = [(0, 0, 0), (255, 0, 0), (0, 200, 80), (40, 40, 255)]
DELAYS = [5, 12, 7, 20, 5, 9]


class VideoMissionWrite(PeerCase):
    def setUp(self):
        super().setUp()
        y, x = np.mgrid[0:64, 0:80]
        frames = [control(delay=delay) + image((x // 16 + y // 16 + k) % 4) for k, delay in enumerate(DELAYS)]
        self.gif = self.put('in.gif', gif(80, 64, *frames, palette=PALETTE))

    def in_c(self):
        done = subprocess.run([os.environ['VIDEO_MISSION_WRITE'], self.folder, self.gif], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=self.environment(), timeout=PATIENCE)
        self.assertEqual((text(done.stdout), text(done.stderr), done.returncode), ('ok\n', '', 0))

    def by_command(self):
        bar = self.raw_input(BAR)
        for name, options in (('20.mp4', ('--fps', '20')), ('30.mp4', ('--fps', '30')),
                              ('60.mp4', ('--fps', '60', '-o', 'codec=libx264', '-o', 'quality=8')),
                              ('video.avi', ('-o', 'codec=mjpeg')), ('slow.mp4', ('-o', 'bitrate=2M', '-o', 'preset=slow'))):
            self.mim('convert', *bar, self.path(name), *options)
        self.mim('convert', '-q', self.gif, self.path('from-gif.mp4'))
        self.mim('convert', '-q', self.path('from-gif.mp4'), self.path('from-mp4.gif'), '--duration', '0.1', '-o', 'quantizer=wu')

    def assertVideo(self, name, codec, rate, size=(100, 100)):
        said = json.loads(self.run_tool('ffprobe', '-v', 'error', '-of', 'json', '-count_frames', '-show_streams', self.path(name)))
        self.assertEqual(len(said['streams']), 1)
        stream = said['streams'][0]
        self.assertEqual((stream['codec_name'], stream['width'], stream['height']), (codec, *size))
        if rate:
            self.assertEqual((int(stream['nb_read_frames']), Fraction(stream['avg_frame_rate'])), (10, rate))
        raw = self.run_tool('ffmpeg', '-v', 'error', '-i', self.path(name), '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt',
                            'rgb24', '-')
        return np.frombuffer(raw, np.uint8).reshape(-1, size[1], size[0], 3)

    def assertLines(self):
        for name, codec, rate in (('20.mp4', 'h264', 20), ('30.mp4', 'h264', 30), ('60.mp4', 'h264', 60),
                                  ('video.avi', 'mjpeg', 10), ('slow.mp4', 'h264', 10)):
            with self.subTest(name):
                for got, sent in zip(self.assertVideo(name, codec, rate), BAR):
                    self.assertGreater(mean_error_db(got.mean(axis=2), sent.mean(axis=2)), 28)
        with open(self.path('60.mp4'), 'rb') as file:
            self.assertIn(b'crf=10.0', file.read())
        with open(self.path('slow.mp4'), 'rb') as file:
            settings = file.read()
        self.assertIn(b'bitrate=2000', settings)
        self.assertIn(b'subme=8', settings)  # of preset slow

    def assertConversions(self):
        moments = text(self.run_tool('ffprobe', '-v', 'error', '-show_entries', 'frame=best_effort_timestamp_time', '-of', 'csv=p=0',
                                     self.path('from-gif.mp4'))).split()
        for got, expected in zip(sorted(float(moment.split(',')[0]) for moment in moments), np.cumsum([0] + DELAYS) / 100):
            self.assertAlmostEqual(got, expected, places=4)
        frames = self.assertVideo('from-gif.mp4', 'h264', None, (80, 64))
        self.assertEqual(len(frames), len(DELAYS))
        with Image.open(self.path('from-mp4.gif')) as file:
            self.assertEqual((file.n_frames, file.size), (len(DELAYS), (80, 64)))
            for k in range(file.n_frames):
                file.seek(k)
                self.assertEqual(file.info['duration'], 100)
                self.assertGreater(mean_error_db(np.array(file.convert('RGB')), frames[k]), 28)

    def test_the_lines_in_c(self):
        self.in_c()
        self.assertLines()
        self.assertConversions()

    def test_the_lines_by_the_command(self):
        self.by_command()
        self.assertLines()
        self.assertConversions()


if __name__ == '__main__':
    tap.main()
