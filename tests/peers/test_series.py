#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Series: what other programs number, mim reads as one sequence, and what mim numbers, others read; in time and memory that
grow as they should."""

import os
import subprocess
import tempfile

import imageio
import numpy as np
import tifffile
from PIL import Image

import gifbytes
import pictures
import tap
from peers import PeerCase, mim_program, text


class Series(PeerCase):
    def pages(self, name):
        with tifffile.TiffFile(self.path(name)) as file:
            return [page.asarray() for page in file.pages]

    def peak_mb(self, *args):
        """Peak residence of mim, as people run it: a test run's MALLOC_PERTURB_ writes to memory that mim never touches."""
        environment = {name: value for name, value in self.environment().items() if name != 'MALLOC_PERTURB_'}
        with tempfile.TemporaryFile() as said:
            mim = subprocess.Popen([mim_program(), *map(str, args)], stdout=subprocess.DEVNULL, stderr=said,
                                   env=environment)
            _, status, usage = os.wait4(mim.pid, 0)
            mim.returncode = os.waitstatus_to_exitcode(status)
            said.seek(0)
            self.assertEqual(mim.returncode, 0, text(said.read()))
        return usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime

    def test_a_stack_becomes_pictures_and_a_stack_again(self):
        frames = pictures.photograph(13)
        tifffile.imwrite(self.path('stack.tiff'), np.stack(frames), photometric='rgb', contiguous=False)
        for ending, read in (('png', imageio.imread), ('tif', tifffile.imread)):
            for threads in (1, 2, 8):
                with self.subTest(ending, threads=threads):
                    series = self.path(f'frame_%03d.{ending}')
                    self.mim('convert', '-qf', '--threads', threads, self.path('stack.tiff'), series)
                    self.assertSameFrames([read(self.path(f'frame_{i:03}.{ending}')) for i in range(13)], frames)
                    for name in (series, self.path(f'frame_*.{ending}')):
                        self.mim('convert', '-qf', '--threads', threads, name, self.path('back.tiff'))
                        self.assertSameFrames(self.pages('back.tiff'), frames)

    def test_pictures_of_others_are_read_as_they_read_them(self):
        os.mkdir(self.path('in'))
        frames = pictures.photograph(12)
        for i, frame in enumerate(frames):
            imageio.imwrite(self.path(f'in/p{i + 3}.png'), frame)
        series = self.path('in/p%d.png')
        expected = self.run_tool('ffmpeg', '-v', 'error', '-start_number', 3, '-i', series, '-f', 'rawvideo', '-pix_fmt',
                                 'rgb24', '-')
        for name in (series, self.path('in/p*.png'), self.path('in')):
            self.assertEqual(self.mim('convert', '-q', name, '-', '--to', 'raw'), expected)

    def test_each_picture_keeps_its_size_and_samples(self):
        frames = [
            np.arange(35, dtype=np.uint8).reshape(5, 7), np.arange(24, dtype=np.uint16).reshape(4, 6) * 2500,
            pictures.photograph(1)[0], pictures.coming_and_going(3)[1], np.full((1, 1), 9, np.uint8),
        ]
        os.mkdir(self.path('in'))
        for i, frame in enumerate(frames):
            if frame.dtype == np.uint16:
                tifffile.imwrite(self.path(f'in/{i}.tif'), frame)
            else:
                Image.fromarray(frame).save(self.path(f'in/{i}.png'))
        self.mim('convert', '-q', self.path('in'), self.path('all.tiff'))
        self.assertSameFrames(self.pages('all.tiff'), frames)
        self.mim('convert', '-q', self.path('all.tiff'), self.path('%d.png'))
        for i, frame in enumerate(frames):
            got = np.array(Image.open(self.path(f'{i}.png')))
            self.assertSame(got.astype(frame.dtype), frame)
        said = self.refuse(2, 'convert', '-q', self.path('in'), self.path('all.gif'))
        self.assertIn('frame 1 is 6x4', said)

    def test_animations_in_a_series_show_what_pillow_sees_first(self):
        imageio.mimwrite(self.path('0.gif'), pictures.full_colours())
        imageio.mimwrite(self.path('1.gif'), pictures.few_colours())
        frames = []
        for i in range(2):  # Pillow 11 writes later frames with transparent pixels, Pillow 9 does not
            mode = 'RGB' if gifbytes.Gif(self.get(f'{i}.gif')).opaque() else 'RGBA'
            frames.append(np.array(Image.open(self.path(f'{i}.gif')).convert(mode)))
        done = self.run_mim('convert', self.path('%d.gif'), self.path('all.tiff'))
        self.assertEqual(done.returncode, 0, text(done.stderr))
        self.assertIn('several images: the first is the frame (2 times)', text(done.stderr))
        self.assertSameFrames(self.pages('all.tiff'), frames)

    def test_threads_share_one_working_memory(self):
        """Pictures of 12 MB; the command itself takes some."""
        frame = np.repeat(np.random.default_rng(1).integers(0, 255, (20, 2000, 3), np.uint8), 100, axis=0)
        for i in range(12):
            tifffile.imwrite(self.path(f'{i}.tif'), frame, compression='zlib', photometric='rgb', metadata=None)
        for source, target in (('%d.tif', 'all.tiff'), ('all.tiff', 'o%d.png')):
            for threads in (1, 8):
                with self.subTest(source, threads=threads):
                    peak, _ = self.peak_mb('convert', '-qf', '--threads', threads, self.path(source), self.path(target))
                    self.assertPeakBelow(peak, 64 + 64 + 3 * 12 + 10, 'one working memory to read, one to write, frames between')

    def test_ten_thousand_files_take_ten_times_a_thousand(self):
        os.mkdir(self.path('in'))
        for i in range(10000):
            self.put(f'in/{i}.tif', SMALL)
        times, peaks = {}, {}
        for count, name in ((1000, '9[0-9][0-9][0-9].tif'), (10000, '*.tif')):
            for way, words in (('read', ['in/' + name, 'all.tiff']), ('write', ['all.tiff', 'o/%d.gif'])):
                os.makedirs(self.path('o'), exist_ok=True)
                peak, seconds = self.peak_mb('convert', '-qf', *map(self.path, words))
                times[way, count], peaks[way, count] = seconds, peak
            self.assertEqual(len(os.listdir(self.path('o'))), count)
        for way in ('read', 'write'):
            with self.subTest(way):
                self.assertLess(times[way, 10000], 20 * times[way, 1000] + 0.5)
                self.assertPeakBelow(peaks[way, 10000], peaks[way, 1000] + 8)


def small_tiff():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'a.tif')
        tifffile.imwrite(path, np.zeros((4, 4), np.uint8), metadata=None)
        with open(path, 'rb') as file:
            return file.read()


SMALL = small_tiff()
tap.main()
