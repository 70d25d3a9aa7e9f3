# SPDX-License-Identifier: MIT
"""Tests of the programs in docs/examples."""

import json
import os
import re
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

    def run_program(self, path, *args, code=0, stdin=None):
        env = {**os.environ, 'HOME': '/nonexistent', 'XDG_CONFIG_HOME': '/nonexistent'}
        done = subprocess.run([path, *args], cwd=self.folder, env=env, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=60)
        self.assertEqual(done.returncode, code, done.stderr.decode(errors='replace'))
        return done.stdout

    def example(self, name, *args, kind='example_', **more):
        return self.run_program(os.path.join(os.environ['MIM_EXAMPLES'], kind + name), *args, **more).decode()

    def using(self, name, *args, **more):
        """Run a program of docs/using.md."""
        return self.example(name, *args, kind='using_', **more)

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

    def test_linked_reads_with_the_plugin_in_the_program(self):
        with open(os.path.join(self.folder, 'a.pgm'), 'wb') as file:
            file.write(2 * b'P5 2 1 255\n\x07\x09')
        self.assertEqual(self.example('linked', 'a.pgm'), '2 frames by the plugin pgm, linked in\n')

    # --- the programs of docs/using.md

    def test_memory_reads_standard_input(self):
        with open(os.path.join(self.folder, 'a.gif'), 'rb') as file:
            self.assertEqual(self.using('memory', stdin=file), '12 frames: done\n')
        self.assertIn('0 frames: ', self.using('memory', stdin=subprocess.DEVNULL))

    def test_first101_of_a_long_file(self):
        self.mim('convert', '-q', *['a.gif'] * 10, 'long.gif')
        lines = self.using('first101', 'long.gif').splitlines()
        self.assertEqual((len(lines), lines[-1]), (101, '100: 120 x 90, 0.1 s'))

    def test_tomemory_prints_a_black_gif(self):
        with open(os.path.join(self.folder, 'black.gif'), 'wb') as file:
            file.write(self.run_program(os.path.join(os.environ['MIM_EXAMPLES'], 'using_tomemory')))
        self.assertEqual(self.mim('convert', 'black.gif', '-', '--to', 'raw', '--color', 'rgb'), bytes(30000))

    def test_callback_darkens_four_frames(self):
        self.assertEqual(self.using('callback'), '5 calls: done\n')
        self.assertEqual(self.info('dark.gif')['frames'], 4)
        dark = self.mim('convert', 'dark.gif', '-', '--to', 'raw', '--color', 'rgb')
        self.assertLess(max(dark), 128)
        whole = self.mim('convert', 'a.gif', '-', '--to', 'raw', '--color', 'rgb', '--frames', ':4')
        self.assertEqual(dark, bytes(value // 2 for value in whole))

    def test_upload_takes_gif_and_no_tiff(self):
        self.assertEqual(self.using('upload', 'a.gif', 'o.gif'), 'accepted\n')
        self.mim('convert', '-q', 'a.gif', 'a.tiff')
        os.rename(os.path.join(self.folder, 'a.tiff'), os.path.join(self.folder, 'fake.gif'))
        self.assertIn('only these formats are allowed: gif png', self.using('upload', 'fake.gif', 'no.gif', code=1))
        self.assertFalse(os.path.exists(os.path.join(self.folder, 'no.gif')))
        self.mim('convert', '-q', 'a.gif', 'a.png', '--frames', '0')
        self.assertEqual(self.using('upload', 'a.png', 'p.gif'), 'accepted\n')

    def test_formats_lists_them(self):
        lines = self.using('formats').splitlines()
        self.assertIn('gif: reads writes by gif', lines)
        self.assertTrue(any(line.startswith('jxl: needs') for line in lines))

    def test_many_reads_in_the_order_given(self):
        self.assertEqual(re.findall(r'frame (\d+), 120 x 90', self.using('many')), ['11', '3', '7', '3'])

    def test_durations_are_those_listed(self):
        self.assertEqual(self.using('durations'), 'done\n')
        self.assertEqual(self.info('slow.gif')['duration'], 1.7)

    def test_cplusplus_writes_every_frame(self):
        if not os.path.exists(os.path.join(os.environ['MIM_EXAMPLES'], 'using_cplusplus')):
            self.skipTest('built without a C++ compiler')
        lines = self.using('cplusplus').splitlines()
        self.assertEqual((len(lines), lines[0], lines[-1]), (13, '120 x 90, 0.1 s', 'done'))
        self.assertEqual(self.raw('b.tiff'), self.raw('a.gif'))
        os.remove(os.path.join(self.folder, 'a.gif'))
        self.assertIn('a.gif', self.using('cplusplus'))


tap.main()
