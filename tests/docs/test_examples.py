# SPDX-License-Identifier: MIT
"""Tests of the programs in docs/examples."""

import json
import os
import shutil
import subprocess
import tempfile
import unittest

import tap

SOURCE = os.environ['MIM_SOURCE']


class Examples(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='examples-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        shutil.copy(os.path.join(SOURCE, 'tests/data/testcard.gif'), os.path.join(self.folder, 'a.gif'))

    def run_program(self, path, *args):
        env = {**os.environ, 'HOME': '/nonexistent', 'XDG_CONFIG_HOME': '/nonexistent'}
        done = subprocess.run([path, *args], cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr.decode(errors='replace'))
        return done.stdout

    def example(self, name, *args):
        return self.run_program(os.path.join(os.environ['MIM_EXAMPLES'], 'example_' + name), *args).decode()

    def mim(self, *args):
        return self.run_program(os.environ['MIM'], *args)

    def info(self, name):
        return json.loads(self.mim('info', '--json', name))[0]

    def raw(self, name):
        return self.mim('convert', name, '-', '--to', 'raw')

    def test_first_turns_a_gif_into_a_stack(self):
        self.assertEqual(self.example('first'), '12 frames: done\n')
        self.assertEqual(self.raw('a.tiff'), self.raw('a.gif'))

    def test_read_prints_each_frame(self):
        lines = self.example('read', 'a.gif').splitlines()
        self.assertEqual(len(lines), 12)
        self.assertRegex(lines[3], r'^3: 120 x 90, [34] channels of u8, 0\.1 s$')

    def test_read_stops_after_101_frames(self):
        self.mim('convert', '-q', *['a.gif'] * 10, 'long.tiff')
        self.assertEqual(len(self.example('read', 'long.tiff').splitlines()), 101)

    def test_write_makes_a_moving_bar(self):
        self.example('write', 'bar.gif')
        facts = self.info('bar.gif')
        self.assertEqual((facts['frames'], facts['duration'], facts['width'], facts['channels']), (10, 5.0, 100, 3))
        pixels = self.raw('bar.gif')
        expected = b''.join((bytes(30 * i) + 10 * b'\xff\0\0' + bytes(270 - 30 * i)) * 100 for i in range(10))
        self.assertEqual(pixels, expected)

    def test_gray_is_the_floor_of_the_mean_in_the_same_sample_type(self):
        for sample, size in (('u8', 1), ('u16', 2)):
            with self.subTest(sample):
                self.mim('convert', '-qf', 'a.gif', 'in.tiff', '--color', 'rgb', '--sample', sample)
                self.example('gray', 'in.tiff', f'{sample}.tiff')
                self.assertEqual(self.info(f'{sample}.tiff')['sample'], sample)
                values = memoryview(self.raw('in.tiff')).cast('BH'[size - 1])
                means = bytes(memoryview(self.raw(f'{sample}.tiff')))
                expected = [sum(values[i:i + 3]) // 3 for i in range(0, len(values), 3)]
                self.assertEqual(list(memoryview(means).cast('BH'[size - 1])), expected)

    def test_gray_keeps_the_timing(self):
        self.example('gray', 'a.gif', 'gray.gif')
        self.assertEqual(self.info('gray.gif')['duration'], 1.2)

    def test_private_sees_its_own_directory_alone(self):
        own, = [path for path in os.environ['MIM_PLUGIN_PATH'].split(':') if path.endswith('/gif')]
        printed = self.example('private', own, 'a.gif').splitlines()
        self.assertEqual(len(printed), 2)
        self.assertRegex(printed[0], r'^plugin gif from /')
        self.assertRegex(printed[1], r'^a\.gif is gif, read by gif ')


tap.main()
