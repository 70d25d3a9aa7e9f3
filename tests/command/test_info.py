# SPDX-License-Identifier: MIT
"""Tests of mim info: the facts of a file, for users and as JSON."""

import os
import subprocess

import tap
from command import TESTCARD, CommandCase, gif, text

KEYS = ['file', 'format', 'plugin', 'plugin_version', 'frames', 'frames_certainty', 'width', 'height', 'channels', 'sample',
        'duration', 'fps', 'mean_fps', 'loop', 'metadata', 'also_holds']
FRAME_KEYS = ['index', 'width', 'height', 'channels', 'sample', 'duration', 'metadata']


class Json(CommandCase):
    def test_has_the_documented_keys_in_their_order(self):
        facts, = self.info(TESTCARD)
        self.assertEqual(list(facts), KEYS)

    def test_has_the_count_shape_and_timing_of_an_animation(self):
        facts, = self.info(TESTCARD)
        expected = {'file': TESTCARD, 'format': 'gif', 'plugin': 'gif', 'frames': 12, 'frames_certainty': 'exact', 'width': 120,
                    'height': 90, 'sample': 'u8', 'duration': 1.2, 'fps': 10.0, 'mean_fps': 10.0,
                    'loop': 0}
        self.assertEqual({key: facts[key] for key in expected}, expected)

    def test_tells_the_rate_from_the_mean(self):
        self.mim('convert', '-q', TESTCARD, 'even.gif', '--fps', '25')
        self.mim('convert', '-q', TESTCARD, 'uneven.gif', '--frames', '0:4', '--duration', '0.1,0.1,0.1,0.5')
        even, uneven = self.info('even.gif', 'uneven.gif')
        self.assertEqual((even['fps'], even['mean_fps']), (25, 25))
        self.assertEqual((uneven['fps'], uneven['mean_fps']), (None, 5))

    def test_lists_each_frame_on_request(self):
        facts, = self.info('--each', TESTCARD)
        self.assertEqual(list(facts), KEYS + ['each'])
        self.assertEqual([list(frame) for frame in facts['each']], [FRAME_KEYS] * 12)
        self.assertEqual([frame['index'] for frame in facts['each']], list(range(12)))
        self.assertEqual({frame['duration'] for frame in facts['each']}, {0.1})

    def test_has_the_first_frame_of_another_shape(self):
        for options in ((), ('--gray',), ('--sample', 'u16')):
            self.mim('convert', '-qf', TESTCARD, 'a.tiff', '--frames', '0:2')
            self.mim('convert', '-qf', TESTCARD, 'b.tiff', '--frames', '0:2', *options)
            os.makedirs(self.path('in'), exist_ok=True)
            for number in range(3):
                self.mim('convert', '-qf', 'b.tiff' if number == 2 else 'a.tiff', f'in/{number}.tiff', '--frames', '0')
            facts, = self.info('in')
            other = {'index': 2, 'width': 120, 'height': 90, 'channels': 1 if '--gray' in options else facts['channels'],
                     'sample': 'u16' if '--sample' in options else 'u8'}
            self.assertEqual(facts.get('other'), other if options else None)
            self.assertEqual('others differ, such as frame 2: ' in text(self.mim('info', 'in')), bool(options))

    def test_is_null_for_missing_timing(self):
        self.mim('convert', '-q', TESTCARD, 'a.tiff')
        facts, = self.info('a.tiff')
        self.assertEqual((facts['duration'], facts['fps'], facts['loop']), (None, None, None))
        self.assertEqual(facts['frames'], 12)

    def test_metadata_keeps_its_types(self):
        self.mim('convert', '-q', TESTCARD, 'a.tiff', '-o', 'software=one "two"', '-o', 'resolution=300,300')
        meta = self.info('a.tiff')[0]['metadata'] | self.info('--each', 'a.tiff')[0]['each'][0]['metadata']
        self.assertEqual(meta['software'], 'one "two"')
        self.assertEqual(meta['resolution'], [300.0, 300.0])

    def test_of_a_cut_file_has_all_keys_and_the_damage(self):
        with open(TESTCARD, 'rb') as file:
            self.put('cut.gif', file.read()[:9000])
        facts, = self.info('cut.gif', code=6)
        self.assertEqual(list(facts), KEYS + ['damage'])
        self.assertEqual(sorted(facts['damage']), ['frame', 'message', 'status'])
        self.assertIn(facts['damage']['status'], ('MIM_TRUNCATED', 'MIM_CORRUPT'))
        self.assertEqual(facts['damage']['frame'], facts['frames'])
        self.assertTrue(0 < facts['frames'] < 12)

    def test_of_a_file_that_cannot_be_opened_is_an_error_object(self):
        good, missing = self.info(TESTCARD, 'missing.gif', code=6)
        self.assertEqual(good['frames'], 12)
        self.assertEqual(list(missing), ['file', 'error'])
        self.assertEqual(sorted(missing['error']), ['message', 'plugin', 'status'])
        self.assertEqual(missing['error']['status'], 'MIM_IO')

    def test_keeps_any_file_name(self):
        name = os.fsdecode(b'\xff "a"\n\xc3\xa9.gif')
        os.symlink(TESTCARD, self.path(name))
        self.assertEqual(self.info(name)[0]['file'], name)

    def test_is_an_array_without_good_inputs(self):
        self.put('empty', b'')
        self.assertEqual([list(facts) for facts in self.info('empty', 'empty', code=6)], [['file', 'error']] * 2)


class Info(CommandCase):
    def test_describes_a_file_in_one_block(self):
        printed = text(self.mim('info', TESTCARD))
        self.assertIn('testcard.gif\n', printed)
        for row in ('format           gif, by plugin gif ', 'frames           12\n', 'size             120 x 90, RGB',
                    'duration         1.2 s, 10 frames per second\n',
                    'loop             for ever\n'):
            self.assertIn('  ' + row, printed)

    def test_lists_each_frame(self):
        lines = text(self.mim('info', '--each', TESTCARD)).splitlines()
        self.assertEqual(len([line for line in lines if '120 x 90' in line]), 13)

    def test_separates_the_blocks_of_several_files(self):
        self.assertEqual(text(self.mim('info', TESTCARD, TESTCARD)).count('\n\n'), 1)

    def test_reads_standard_input(self):
        with open(TESTCARD, 'rb') as file:
            card = file.read()
        self.assertEqual(self.info('-', data=card)[0]['frames'], 12)

    def test_inspects_a_bomb_without_decoding_it(self):
        self.put('bomb.gif', gif(65535, 65535))
        self.assertEqual(self.info('bomb.gif')[0]['width'], 65535)
        self.assertIn('mim: ', self.refuse(5, 'convert', 'bomb.gif', 'bomb.tiff'))
        self.assertNothingBeside('bomb.gif')

    def test_escapes_control_characters_of_metadata(self):
        self.put('evil.gif', gif(1, 1, comment=b'\x1b]0;owned\x07\x1b[2J'))
        for printed in (self.mim('info', 'evil.gif'), self.mim('info', '--each', 'evil.gif')):
            self.assertNotIn(b'\x1b', printed)
            self.assertIn(rb'\x1b]0;owned\x07', printed)

    def test_escapes_control_characters_of_file_names(self):
        printed = self.refuse(6, 'info', 'no\x1b[31m.gif')
        self.assertNotIn('\x1b', printed)
        self.assertIn(r'no\x1b[31m.gif', printed)

    def test_is_plain_in_a_pipe(self):
        self.assertNotIn(b'\x1b', self.mim('info', TESTCARD))

    def test_continues_after_a_bad_file(self):
        done = self.run_mim('info', 'missing.gif', TESTCARD)
        self.assertEqual(done.returncode, 6)
        self.assertIn('frames           12', text(done.stdout))

    def test_exits_with_the_common_code_of_failures(self):
        self.put('a.jxl', b'\xff\x0a' + bytes(60))
        self.put('text', b'hello, this is no image at all\n')
        self.refuse(3, 'info', 'a.jxl')
        self.refuse(3, 'info', 'a.jxl', TESTCARD, 'a.jxl')
        self.refuse(6, 'info', 'text', 'missing')
        self.refuse(1, 'info', 'text', 'a.jxl')

    def test_names_the_missing_package(self):
        printed = self.refuse(3, 'info', TESTCARD, env={'MIM_PLUGIN_PATH': '!'})
        self.assertTrue(printed.endswith('no installed plugin reads it. Install the package libmim-plugin-gif\n'), printed)

    def test_names_no_package_if_none_is_known(self):
        self.put('a.jxl', b'\xff\x0a' + bytes(60))
        self.assertEqual(self.refuse(3, 'info', 'a.jxl'),
                         'mim: a.jxl: this is JPEG XL; no plugin for it is known to this build\n')

    def test_prints_the_name_of_a_file_once(self):
        printed = self.refuse(6, 'info', 'missing.gif')
        self.assertEqual(printed, 'mim: missing.gif: No such file or directory\n')

    def test_to_a_full_disk_is_an_output_failure(self):
        with open('/dev/full', 'wb') as full:
            done = subprocess.run([os.environ['MIM'], 'info', TESTCARD], stdout=full, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 7)
        self.assertIn('standard output', text(done.stderr))


tap.main()
