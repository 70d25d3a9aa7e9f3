#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What tests/test_mission.c writes, looked at by other programs. MISSION and GRAY name the programs to run."""

import atexit
import functools
import os
import shutil
import subprocess
import tempfile

import numpy as np
import tifffile
from PIL import Image

import gifbytes
import pictures
import tap
from gifbytes import visible
from gifpeers import PEERS, difference
from peers import PeerCase, text

BAR = pictures.moving_bar()


@functools.lru_cache(maxsize=None)
def mission():
    """Run the program once, and keep what it leaves until all has been looked at."""
    folder = tempfile.mkdtemp(prefix='mission-', dir=os.environ.get('MIM_TEST_SCRATCH'))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    environment = dict(os.environ, MIM_MISSION_DIR=folder, CMOCKA_MESSAGE_OUTPUT='TAP')
    ran = subprocess.run([os.environ['MISSION']], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    return folder, ran


class MissionInC(PeerCase):
    def setUp(self):
        super().setUp()
        self.folder, ran = mission()
        self.assertEqual(ran.returncode, 0, text(ran.stdout))

    def assertBar(self, name, frames=BAR):
        data = self.get(name)
        for peer, ask in PEERS.items():
            self.assertEqual(difference(ask(data), [visible(frame) for frame in frames]), 'the same', peer)

    def delays(self, name):
        """In milliseconds, as Pillow says."""
        found = []
        with Image.open(self.path(name)) as file:
            for i in range(file.n_frames):
                file.seek(i)
                found.append(file.info['duration'])
        return found

    def assertPages(self, name, frames):
        with tifffile.TiffFile(self.path(name)) as file:
            self.assertEqual(len(file.pages), len(frames))
        if frames[0].dtype == np.uint8:  # Pillow has no deep RGB, tifffile no LZW of its own
            with Image.open(self.path(name)) as file:
                for i, frame in enumerate(frames):
                    file.seek(i)
                    np.testing.assert_array_equal(np.array(file), frame)
        said = text(self.run_tool('tiffinfo', self.path(name)))
        self.assertNotIn('arning', said)
        return said

    def test_half_a_second(self):
        self.assertBar('duration.gif')
        self.assertEqual(self.delays('duration.gif'), [500] * 10)
        self.assertEqual(text(self.run_tool('gifsicle', '--info', self.path('duration.gif'))).count('delay 0.50s'), 10)

    def test_five_durations(self):
        self.assertBar('durations.gif', BAR[:5])
        self.assertEqual(self.delays('durations.gif'), [100, 200, 300, 400, 500])

    def test_loop_for_ever(self):
        self.assertBar('loop.gif')
        self.assertEqual(gifbytes.Gif(self.get('loop.gif')).netscape, 0)
        self.assertIn('loop forever', text(self.run_tool('gifsicle', '--info', self.path('loop.gif'))))

    def test_palette_of_256(self):
        self.assertBar('palette.gif')

    def test_plain_pages(self):
        said = self.assertPages('plain.tif', BAR)
        self.assertEqual(said.count('Compression Scheme: None'), 10)
        with tifffile.TiffFile(self.path('plain.tif')) as file:
            np.testing.assert_array_equal(np.stack([page.asarray() for page in file.pages]), np.stack(BAR))

    def test_lzw_pages(self):
        said = self.assertPages('lzw.tif', BAR)
        self.assertEqual(said.count('Compression Scheme: LZW'), 10)
        self.assertLess(len(self.get('lzw.tif')), len(self.get('plain.tif')) / 5)

    def test_pages_of_sixteen_bits(self):
        deep = [frame.astype(np.uint16) * 256 for frame in BAR]
        self.assertEqual(self.assertPages('deep.tif', deep).count('Bits/Sample: 16'), 10)
        np.testing.assert_array_equal(tifffile.imread(self.path('deep.tif'), key=range(10)), np.stack(deep))

    def test_resolution_and_software(self):
        said = self.assertPages('tagged.tif', BAR)
        self.assertEqual(said.count('Resolution: 300, 300 pixels/inch'), 10)
        self.assertIn('Software: ImageIO', said)
        with Image.open(self.path('tagged.tif')) as file:
            self.assertEqual(tuple(map(float, file.info['dpi'])), (300, 300))

    def test_memory(self):
        self.assertBar('memory.gif')
        self.assertPages('memory.tif', BAR)

    def test_frames_like_newtons_cradle(self):
        y, x = np.mgrid[0:150, 0:200]
        grays = [((x * 7 + y * 13 + i * 29) % 251).astype(np.uint8) for i in range(36)]
        frames = [np.stack([np.zeros_like(gray), gray, gray], axis=2) for gray in grays]
        self.assertBar('cradle.gif', frames)

    def test_gray_is_numpys_floor_of_the_mean(self):
        colours = tifffile.imread(self.path('colours.tif'), key=range(6))
        expected = (colours.astype(np.uint64).sum(axis=-1) // 3).astype(np.uint16)
        np.testing.assert_array_equal(tifffile.imread(self.path('gray.tif'), key=range(6)), expected)

    def test_the_example_makes_the_same_gray(self):
        done = subprocess.run([os.environ['GRAY'], self.path('colours.tif'), self.path('example.tif')],
                              stderr=subprocess.PIPE, env=self.environment())
        self.assertEqual(done.returncode, 0, text(done.stderr))
        np.testing.assert_array_equal(tifffile.imread(self.path('example.tif'), key=range(6)),
                                      tifffile.imread(self.path('gray.tif'), key=range(6)))


if __name__ == '__main__':
    tap.main()
