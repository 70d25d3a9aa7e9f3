# SPDX-License-Identifier: MIT
"""Tests of series: patterns and directories as inputs, patterns as outputs, and the files left after failures."""

import os
import resource
import shutil
import signal

import tap
from command import PATIENCE, TESTCARD, CommandCase, text, wait_until


class Series(CommandCase):
    def names(self, folder='.'):
        return sorted(os.listdir(self.path(folder)))

    def frames(self, *names, folder='in', source=TESTCARD):
        """Write frame i of the test card to the i-th name."""
        os.makedirs(self.path(folder), exist_ok=True)
        for i, name in enumerate(names):
            self.mim('convert', '-q', source, f'{folder}/{name}', '--frames', str(i))

    def test_a_stack_becomes_files_and_files_a_stack(self):
        self.mim('convert', '-q', TESTCARD, 'a.tiff')
        self.mim('convert', 'a.tiff', 'frame_%03d.tiff')
        self.assertEqual(self.names(), ['a.tiff'] + [f'frame_{i:03}.tiff' for i in range(12)])
        for words in ('frame_%03d.tiff', 'frame_*.tiff', 'frame_???.tiff', 'frame_0[01]*.tiff'):
            with self.subTest(words):
                self.mim('convert', words, 'back.tiff', '-f')
                self.assertEqual(self.raw('back.tiff'), self.raw('a.tiff'))
        os.mkdir(self.path('d'))
        self.mim('convert', '-q', 'a.tiff', 'd/%d.gif')
        self.assertEqual(self.raw('d'), self.raw(TESTCARD))

    def test_order_is_by_number(self):
        self.frames('p10.gif', 'p9.gif', 'p1.gif', 'p0.gif')
        card = self.raw(TESTCARD)
        size = len(card) // 12
        frames = [card[i * size:(i + 1) * size] for i in range(4)]
        for name in ('in', 'in/p*.gif', 'in/p%d.gif'):
            self.assertEqual(self.raw('-q', name), b''.join(reversed(frames)))
        self.assertEqual(self.raw('-q', 'in', '--frames', '-1,0'), frames[0] + frames[3])

    def test_numbers_start_as_requested(self):
        self.mim('convert', '-q', TESTCARD, '%02d.gif', '--start', '95')
        self.assertEqual(self.names(), sorted(f'{i:02}.gif' for i in range(95, 107)))
        for word in ('-1', 'x', '', '1x', '99999999999999999999'):
            with self.subTest(word):
                self.assertIn('--start', self.refuse(2, 'convert', TESTCARD, 'x%d.gif', '--start=' + word))
        self.assertIn('is one file', self.refuse(2, 'convert', TESTCARD, 'x.gif', '--start', '1'))

    def test_gaps_and_other_files_are_reported(self):
        self.frames('f_1.gif', 'f_2.gif', 'f_5.gif')
        self.put('in/notes.txt', b'x')
        done = self.run_mim('info', 'in/f_%d.gif')
        self.assertEqual((done.returncode, text(done.stderr)),
                         (0, 'mim: note: in/f_%d.gif: 2 numbers are missing: 3-4\n'))
        self.assertIn('notes.txt', text(self.run_mim('info', 'in').stderr))
        self.assertIn('left out', self.refuse(6, 'info', '--strict', 'in'))

    def test_info_and_explain_support_series(self):
        self.frames('1.gif', '2.tiff', '3.gif')
        info = self.info('in')[0]
        self.assertEqual((info['files'], info['frames'], info['format']), (3, 3, 'gif'))
        self.assertIn('3, one frame each', text(self.mim('info', 'in')))
        self.assertNotIn('files', self.info('in/1.gif')[0])
        self.assertIn('47494638', text(self.mim('explain', 'in/*.gif')))
        self.put('in/2.tiff', b'II*\0')
        done = self.run_mim('info', '--json', '--each', 'in')
        self.assertEqual(done.returncode, 6)
        self.assertIn('2.tiff', text(done.stderr))
        self.assertEqual(text(done.stdout).count('"index"'), 2, 'the others are listed')

    def test_no_match_is_reported_with_the_pattern(self):
        os.mkdir(self.path('empty'))
        for name in ('f_%03d.gif', 'f_*.gif', 'empty', 'no/%d.gif'):
            with self.subTest(name):
                self.assertIn(name, self.refuse(6, 'convert', name, 'o.gif'))
        self.assertEqual(self.names(), ['empty'])

    def test_existing_files_are_kept_unless_forced(self):
        self.put('f_003.gif', b'old')
        printed = self.refuse(7, 'convert', TESTCARD, 'f_%03d.gif')
        self.assertIn('f_003.gif: exists already; --force', printed)
        self.assertEqual(self.names(), ['f_003.gif'])
        self.assertEqual(self.get('f_003.gif'), b'old')
        self.mim('convert', '-fq', TESTCARD, 'f_%03d.gif')
        self.assertEqual(len(self.names()), 12)
        self.assertEqual(self.get('f_003.gif')[:4], b'GIF8')

    def test_invalid_outputs_suggest_a_pattern(self):
        os.mkdir(self.path('d'))
        self.assertIn('d/frame_%03d.', self.refuse(7, 'convert', TESTCARD, 'd', '--to', 'gif'))
        self.assertIn('o_%03d.gif', self.refuse(2, 'convert', TESTCARD, 'o_*.gif'))
        self.assertIn('two numbers', self.refuse(2, 'convert', TESTCARD, '%d_%d.gif'))
        self.assertEqual(self.names(), ['d'])

    def test_damage_writes_nothing_or_all_good_frames(self):
        self.frames('0.gif', '1.gif', '2.gif', '3.gif')
        self.put('in/1.gif', b'GIF89a')
        printed = self.refuse(6, 'convert', 'in', 'o_%d.gif')
        self.assertIn('1.gif', printed)
        self.assertIn('1 good frame before that', printed)
        self.assertEqual(self.names(), ['in'])
        self.refuse(6, 'convert', '--partial', 'in', 'o_%d.gif')
        self.assertEqual(self.names(), ['in', 'o_0.gif', 'o_1.gif', 'o_2.gif'])
        self.assertEqual(self.raw('o_2.gif'), self.raw('in/3.gif'))

    def test_a_full_disk_leaves_the_old_files(self):
        self.put('o_1.tiff', b'old')
        limit = lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        signal_set = lambda: (signal.signal(signal.SIGXFSZ, signal.SIG_IGN), limit())
        self.refuse(7, 'convert', '-fq', TESTCARD, 'o_%d.tiff', preexec_fn=signal_set)
        self.assertEqual(self.names(), ['o_1.tiff'])
        self.assertEqual(self.get('o_1.tiff'), b'old')

    def slow_series(self):
        """Start a conversion to a series that waits for its input after some frames."""
        size = 64 * 64
        self.put('o_2.gif', b'old')
        child = self.start('convert', '-fq', '-', 'o_%d.gif', '--from', 'raw', '-i', 'width=64', '-i', 'height=64', '-i',
                           'channels=1', '-i', 'sample=u8', stdin=-1, stderr=-1)
        child.stdin.write(bytes(size * 40))
        child.stdin.flush()
        wait_until(lambda: len(self.names()) == 2, 'a hidden directory next to the old file')
        return child

    def finish(self, child):
        child.stdin.close()
        child.stderr.close()
        return child.wait(PATIENCE)

    def test_an_interrupt_leaves_nothing(self):
        child = self.slow_series()
        child.send_signal(signal.SIGINT)
        self.assertEqual(child.wait(PATIENCE), -signal.SIGINT)
        self.finish(child)
        self.assertEqual(self.names(), ['o_2.gif'])
        self.assertEqual(self.get('o_2.gif'), b'old')

    def test_a_kill_leaves_at_most_a_hidden_directory(self):
        child = self.slow_series()
        child.kill()
        self.finish(child)
        self.assertEqual([name for name in self.names() if not name.startswith('.')], ['o_2.gif'])
        self.assertEqual(self.get('o_2.gif'), b'old')

    def test_batch_reads_series_and_writes_files(self):
        self.frames('f_0.gif', 'f_1.gif')
        self.frames('7.gif', '8.gif', '9.gif', folder='other')
        self.mim('batch', '-q', 'in/f_%d.gif', 'other', 'other/*.gif', '-d', 'out', '--to', 'tiff', '--name', '{index}_{name}')
        self.assertEqual(self.names('out'), ['0_f.tif', '1_other.tif', '2_other.tif'])
        self.assertEqual([file['frames'] for file in self.info('out/0_f.tif', 'out/1_other.tif', 'out/2_other.tif')], [2, 3, 3])
        shutil.rmtree(self.path('out'))
        self.mim('batch', '-q', 'in', TESTCARD, '-d', 'out', '--name', '{name}_%02d.gif')
        self.assertEqual(self.names('out'), ['in_%02d.gif', 'testcard_%02d.gif'])
        done = self.run_mim('batch', 'in', TESTCARD, '-d', 'out', '--name', '{name}_%02d.gif', '--skip-existing')
        self.assertEqual(done.returncode, 0)
        self.assertIn('2 skipped', text(done.stdout))


tap.main()
