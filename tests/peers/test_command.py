#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The command itself: exit codes, notices, what becomes of files, pipes and signals."""

import json
import os
import resource
import signal
import stat
import subprocess
import threading
import time

import numpy as np
import tifffile

import gifbytes
import pictures
import tap
from commandpeers import PALETTE, animation
from gifbytes import gif, image
from peers import DTYPES, PATIENCE, PeerCase, mim_program, text
from tiffbytes import plain, tiff


class Command(PeerCase):
    def setUp(self):
        super().setUp()
        self.gif = self.put('a.gif', animation())

    def notes(self, done):
        return [line for line in text(done.stderr).splitlines() if line.strip()]

    # --- exit codes

    def test_exit_codes(self):
        damaged = self.put('cut.gif', animation()[:60])
        nothing = self.put('what.xyz', b'nobody knows what this is')
        existing = self.put('old.tif', b'precious')
        cases = {
            'no subcommand': (2, []), 'unknown subcommand': (2, ['frobnicate']),
            'unknown option': (2, ['info', '--nonsense', self.gif]),
            'no operand': (2, ['info']), 'one operand': (2, ['convert', self.gif]),
            'unknown writer option': (2, ['convert', self.gif, self.path('o.tif'), '-o', 'nonsense=1']),
            'unknown reader option': (2, ['convert', self.gif, self.path('o.tif'), '-i', 'nonsense=1']),
            'value out of range': (2, ['convert', self.gif, self.path('o.gif'), '-o', 'palettesize=1000']),
            'unknown sample': (2, ['convert', self.gif, self.path('o.tif'), '--sample', 'u12']),
            'unknown colour': (2, ['convert', self.gif, self.path('o.tif'), '--color', 'mauve']),
            'bad slice': (2, ['convert', self.gif, self.path('o.tif'), '--frames', '1:2:3:4']),
            'step 0': (2, ['convert', self.gif, self.path('o.tif'), '--frames', '::0']),
            'frame beyond the end': (2, ['convert', self.gif, self.path('o.tif'), '--frames', '99']),
            'unknown output extension': (2, ['convert', self.gif, self.path('o.xyz')]),
            'output without a format': (2, ['convert', self.gif, '-']),
            'format without plugin': (3, ['convert', self.gif, self.path('o.jxl')]),
            'missing input': (6, ['convert', self.path('missing.gif'), self.path('o.tif')]),
            'missing input, info': (6, ['info', self.path('missing.gif')]),
            'directory as input': (6, ['convert', '/', self.path('o.tif')]),
            'unrecognised input': (6, ['convert', nothing, self.path('o.tif')]),
            'empty input': (6, ['convert', self.put('empty.gif', b''), self.path('o.tif')]),
            'damaged input': (6, ['convert', damaged, self.path('o.tif')]),
            'output exists': (7, ['convert', self.gif, existing]),
            'output directory missing': (7, ['convert', self.gif, self.path('no/such/o.tif')]),
            'output is a directory': (7, ['convert', self.gif, self.folder, '--to', 'tiff', '--force']),
        }
        before = sorted(os.listdir(self.folder))
        for name, (code, words) in cases.items():
            with self.subTest(name):
                self.refuse(code, *words)
                self.assertEqual(sorted(os.listdir(self.folder)), before)
        self.assertEqual(self.get('old.tif'), b'precious')

    def test_one_way_of_failing_is_the_code_and_several_are_one(self):
        one, other = self.put('x.bin1', b'nothing at all'), self.put('y.bin2', b'neither')
        self.refuse(6, 'info', one, other)
        self.refuse(6, 'info', self.gif, one)
        self.refuse(1, 'info', one, self.put('z.jxl', b'\xff\x0a' + bytes(20)))
        self.assertEqual(self.run_mim('info', self.gif, self.gif).returncode, 0)

    def test_a_file_is_named_once_in_what_is_said_of_it(self):
        for name, content in (('empty', b''), ('odd.gif', b'no picture')):
            path = self.put(name, content)
            for command in (['info', path], ['convert', path, self.path('out.tiff')]):
                with self.subTest(command[0] + ' ' + name):
                    self.assertEqual(self.refuse(6, *command).count(path), 1)

    def test_help_shows_no_default_that_nobody_may_give(self):
        row = next(line for line in text(self.mim('help', 'mp4')).splitlines() if line.startswith('  quality '))
        self.assertEqual(row.split()[:3], ['quality', 'number', '-'])

    def test_formats_with_the_same_options_share_a_table(self):
        page = text(self.mim('plugins', 'video'))
        self.assertEqual([line.split()[:3] for line in page.splitlines() if line.endswith('NAME=VALUE)')],
                         [['reading', 'mp4', 'mov'], ['writing', 'mp4', 'mov'], ['reading', 'y4m', 'avif']])
        headings = [line for line in text(self.mim('plugins', 'raw')).splitlines() if line.startswith(('reading', 'writing'))]
        self.assertEqual(len(headings), 2)

    def test_version_and_help(self):
        self.assertRegex(text(self.mim('--version')), r'\d+\.\d+\.\d+')
        for words in (['help'], ['--help'], ['help', 'convert'], ['convert', '--help'], ['help', 'gif'],
                      ['help', 'tiff'], ['help', 'raw']):
            with self.subTest(' '.join(words)):
                self.assertGreater(len(self.mim(*words)), 100)
        for name in ('duration', 'fps', 'loop', 'palettesize', 'quantizer', 'subrectangles'):
            self.assertIn(name, text(self.mim('help', 'gif')))
        for name in ('compression', 'level', 'resolution', 'resolutionunit', 'software', 'description', 'datetime',
                     'bigtiff'):
            self.assertIn(name, text(self.mim('help', 'tiff')))
        self.refuse(2, 'help', 'nonsense')

    def test_an_option_of_the_other_side_is_told_so(self):
        said = self.refuse(2, 'convert', self.gif, self.path('o.gif'), '-i', 'palettesize=16')
        self.assertIn('-o', said)
        said = self.refuse(2, 'convert', self.gif, self.path('o.raw'), '-o', 'width=16')
        self.assertIn('-i', said)

    # --- notices

    def test_gif_to_tiff_tells_timing_and_loop_once_each(self):
        done = self.run_mim('convert', self.gif, self.path('o.tif'))
        self.assertEqual(done.returncode, 0, done.stderr)
        notes = self.notes(done)
        self.assertEqual(len(notes), 2, notes)
        self.assertEqual(sum('loop' in note.lower() for note in notes), 1, notes)
        self.assertEqual(sum(any(word in note.lower() for word in ('timing', 'duration', 'delay', 'time'))
                             for note in notes), 1, notes)
        self.assertEqual(done.stdout, b'')

    def test_tiff_to_gif_of_few_colours_loses_nothing(self):
        self.put('in.tif', tiff([plain(frame) for frame in pictures.moving_bar()]))
        done = self.run_mim('convert', self.path('in.tif'), self.path('o.gif'))
        self.assertEqual((done.returncode, self.notes(done)), (0, []))

    def test_fewer_bits_are_told_once(self):
        self.put('in.tif', tiff([plain(frame) for frame in pictures.samples(np.uint16, 5, 6, 7)]))
        done = self.run_mim('convert', self.path('in.tif'), self.path('o.gif'))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.notes(done)), 1, self.notes(done))

    def test_alpha_is_never_lost_without_a_word(self):
        holes = [frame for frame in pictures.coming_and_going()]
        done = self.run_mim('convert', *self.raw_input(holes), self.path('o.tif'), '--color', 'rgb')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.notes(done)), 1, self.notes(done))

    def test_name_and_content_that_disagree_are_told(self):
        path = self.put('wrong.tif', animation())
        done = self.run_mim('convert', path, '-', '--to', 'raw', '--color', 'rgb')
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(any('gif' in note.lower() for note in self.notes(done)), self.notes(done))
        self.assertEqual(done.stdout, self.mim('convert', self.gif, '-', '--to', 'raw'))

    def test_strict_makes_notices_errors(self):
        done = self.run_mim('convert', '--strict', self.gif, self.path('o.tif'))
        self.assertNotEqual(done.returncode, 0)
        self.assertTrue(self.notes(done))
        self.assertNothingBeside('a.gif')
        self.mim('convert', '--strict', self.gif, self.path('o.gif'))

    def test_quiet_says_nothing(self):
        done = self.run_mim('convert', '--quiet', self.gif, self.path('o.tif'))
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b'', b''))

    # --- files

    def test_an_existing_file_stays_unless_forced(self):
        old = self.put('old.tif', b'precious')
        said = self.refuse(7, 'convert', self.gif, old)
        self.assertIn('--force', said)
        self.assertEqual(self.get('old.tif'), b'precious')
        self.mim('convert', self.gif, old, '--force')
        self.assertEqual(len(tifffile.TiffFile(old).pages), 4)
        self.assertNothingBeside('a.gif', 'old.tif')

    def test_a_new_file_has_the_usual_mode_and_an_old_one_keeps_its_own(self):
        self.mim('convert', self.gif, self.path('o.tif'), preexec_fn=lambda: os.umask(0o027))
        self.assertEqual(stat.S_IMODE(os.stat(self.path('o.tif')).st_mode), 0o640)
        os.chmod(self.path('o.tif'), 0o604)
        self.mim('convert', self.gif, self.path('o.tif'), '--force')
        self.assertEqual(stat.S_IMODE(os.stat(self.path('o.tif')).st_mode), 0o604)

    def test_a_symlink_stays_and_its_target_is_replaced(self):
        target = self.put('target.tif', b'old')
        os.symlink(target, self.path('link.tif'))
        self.refuse(7, 'convert', self.gif, self.path('link.tif'))
        self.assertEqual(self.get('target.tif'), b'old')
        self.mim('convert', self.gif, self.path('link.tif'), '--force')
        self.mim('convert', self.gif, self.path('plain.tif'))
        self.assertEqual(self.get('target.tif'), self.get('plain.tif'))
        self.assertTrue(os.path.islink(self.path('link.tif')))
        for to in ('nothing', 'loop.tif', '/dev/null'):
            os.symlink(to, self.path('loop.tif'))
            self.assertIn('symbolic link', self.refuse(7, 'convert', self.gif, self.path('loop.tif'), '--force'))
            os.unlink(self.path('loop.tif'))

    def test_the_input_can_be_the_output(self):
        before = self.mim('convert', self.gif, '-', '--to', 'raw')
        self.mim('convert', self.gif, self.gif, '--force')
        self.assertEqual(self.mim('convert', self.gif, '-', '--to', 'raw'), before)

    def test_a_damaged_input_leaves_the_old_output(self):
        cut = self.put('cut.gif', animation()[:-12])
        old = self.put('old.tif', b'precious')
        said = self.refuse(6, 'convert', cut, old, '--force')
        self.assertIn('3', said, 'how many good frames there are')
        self.assertEqual(self.get('old.tif'), b'precious')
        self.assertNothingBeside('a.gif', 'cut.gif', 'old.tif')

    def test_partial_keeps_the_good_frames(self):
        cut = self.put('cut.gif', animation()[:-12])
        done = self.run_mim('convert', '--partial', cut, self.path('o.tif'))
        self.assertIn(done.returncode, (0, 6))
        self.assertEqual(len(tifffile.TiffFile(self.path('o.tif')).pages), 3)
        self.assertTrue(done.stderr)

    def test_a_full_disk_is_an_error_of_the_output(self):
        big = self.raw_input(pictures.photograph(8, 200, 200))
        for target in ('tiff', 'gif', 'raw'):
            with self.subTest('stdout', target=target), open('/dev/full', 'wb') as full:
                self.refuse(7, 'convert', *big, '-', '--to', target, stdout=full)
        for target in ('o.tif', 'o.gif', 'o.raw'):
            with self.subTest('file', target=target):
                self.keep_only('a.gif', 'in.raw')
                self.put(target, b'precious')
                self.refuse(7, 'convert', *big, self.path(target), '--force', preexec_fn=small_files)
                self.assertEqual(self.get(target), b'precious')
                os.unlink(self.path(target))
                self.refuse(7, 'convert', *big, self.path(target), preexec_fn=small_files)
                self.assertNothingBeside('a.gif', 'in.raw')

    def test_a_closed_pipe_is_an_error_of_the_output(self):
        big = self.raw_input(pictures.photograph(30, 200, 200))
        child = subprocess.Popen([mim_program(), 'convert', *big, '-', '--to', 'raw'], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE,
                                 env=self.environment())
        child.stdout.read(10)
        child.stdout.close()
        self.assertEqual(child.wait(PATIENCE), 7)
        child.stderr.close()

    def long_job(self, target, *words, source=None):
        """A conversion of some seconds: noise, so that compressing takes its time."""
        source = source or self.path('in.raw')
        if not os.path.exists(self.path('in.raw')):
            self.raw_input(list(np.random.default_rng(1).integers(0, 256, (24, 800, 1000, 3), dtype=np.uint8)))
        options = [word for pair in ('width=1000', 'height=800', 'channels=3', 'sample=u8') for word in ('-i', pair)]
        return subprocess.Popen([mim_program(), 'convert', '--from', 'raw', *options, source, self.path(target),
                                 *words],
                                stdin=subprocess.PIPE if source == '-' else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=self.environment())

    def test_ctrl_c_leaves_nothing_behind(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for target, words in (('o.tif', ['-o', 'compression=lzma']), ('o.gif', [])):
                for frames in (1, 6):
                    with self.subTest(signal=number.name, target=target, frames=frames):
                        self.keep_only('a.gif', 'in.raw')
                        self.put(target, b'precious')
                        child = self.long_job(target, *words, '--force', source='-')
                        child.stdin.write(self.get('in.raw')[:frames * 800 * 1000 * 3]) # returns when mim has read nearly all
                        child.send_signal(number)
                        self.assertEqual(child.wait(PATIENCE), -number) # before the end of the input
                        child.communicate()
                        self.assertEqual(self.get(target), b'precious')
                        os.unlink(self.path(target))
                        self.assertNothingBeside('a.gif', 'in.raw')

    def test_a_killed_job_leaves_no_half_file(self):
        self.long_job('whole.tif').communicate(timeout=PATIENCE)
        whole = self.get('whole.tif')
        rng = np.random.default_rng(9)
        for i in range(12):
            with self.subTest(run=i):
                child = self.long_job('o.tif', '--force')
                time.sleep(float(rng.uniform(0.005, 0.4)))
                child.kill()
                child.communicate(timeout=PATIENCE)
                if os.path.exists(self.path('o.tif')):
                    self.assertEqual(self.get('o.tif'), whole)
                    os.unlink(self.path('o.tif'))

    # --- pipes

    def test_pipes_in_and_out(self):
        data = animation()
        piped = self.mim('convert', '-', '-', '--to', 'tiff', '--color', 'rgb', data=data)
        self.put('piped.tif', piped)
        self.assertEqual(self.mim('convert', self.path('piped.tif'), '-', '--to', 'raw'),
                         self.mim('convert', self.gif, '-', '--to', 'raw'))
        shell = subprocess.run(['sh', '-c', 'cat "$1" | "$2" convert - - --to gif --color rgb | cat', 'sh', self.gif,
                                mim_program()],
                               stdout=subprocess.PIPE, env=self.environment())
        judge = gifbytes.Gif(shell.stdout)
        self.assertEqual([frame.delay for frame in judge.frames], [5] * 4)
        facts = json.loads(self.mim('info', '--json', '-', data=data))[0]
        self.assertEqual((facts['format'], facts['width']), ('gif', 8))

    def test_a_slow_pipe_is_waited_for(self):
        child = subprocess.Popen([mim_program(), 'convert', '-', '-', '--to', 'raw', '--color', 'rgb'],
                                 stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())

        def feed():
            for byte in range(0, len(animation()), 16):
                child.stdin.write(animation()[byte:byte + 16])
                child.stdin.flush()
                time.sleep(0.01)
            child.stdin.close()

        feeder = threading.Thread(target=feed)
        feeder.start()
        got = child.stdout.read()
        feeder.join()
        self.assertEqual(child.wait(PATIENCE), 0, child.stderr.read())
        child.stdout.close()
        child.stderr.close()
        self.assertEqual(got, self.mim('convert', self.gif, '-', '--to', 'raw'))

    def test_a_fifo_is_written_through(self):
        os.mkfifo(self.path('fifo'))
        got = []
        reader = threading.Thread(target=lambda: got.append(self.get('fifo')), daemon=True)
        reader.start()
        self.mim('convert', self.gif, self.path('fifo'), '--to', 'raw')
        reader.join(PATIENCE)
        self.assertEqual(got, [self.mim('convert', self.gif, '-', '--to', 'raw')])
        self.assertTrue(stat.S_ISFIFO(os.stat(self.path('fifo')).st_mode))

    # --- frames, samples, colours

    def test_frames_are_python_s_slices(self):
        count = 11
        frames = pictures.samples(np.uint8, count, 3, 4)
        tifffile.imwrite(self.path('in.tif'), frames, photometric='minisblack', metadata=None, contiguous=False)
        many = gif(4, 3, *[image(frame % 4, min_code=2) for frame in frames], palette=PALETTE)
        self.put('in.gif', many)
        composed = np.stack(gifbytes.Gif(many).compose())[..., :3]
        numbers = list(range(count))
        for words in (':', '::2', '2:5', '-3:', ':-3', '::-1', '8:2:-2', '0', '-1', '3,1,2', '5:7,0,-1,5', '100:',
                      ':100', '-100:2', '4:4,0', '1::3,::-4'):
            with self.subTest(words):
                picked = []
                for word in words.split(','):
                    if ':' in word:
                        picked += numbers[slice(*(int(part) if part else None for part in word.split(':')))]
                    else:
                        picked.append(numbers[int(word)])
                for name, whole in (('in.tif', frames), ('in.gif', composed)):
                    done = self.run_mim('convert', self.path(name), '-', '--to', 'raw', f'--frames={words}')
                    if picked:
                        self.assertEqual(done.returncode, 0, done.stderr)
                        self.assertEqual(done.stdout, whole[picked].tobytes(), name)
                    else:
                        self.assertEqual((done.returncode, done.stdout), (2, b''))

    def test_integers_are_rescaled_full_range(self):
        rules = {
            ('u8', 'u16'): lambda v: v * 257, ('u16', 'u8'): lambda v: (v * 255 + 32767) // 65535,
            ('u8', 'u32'): lambda v: v * 16843009,
            ('u8', 'f32'): lambda v: v.astype(np.float32) / np.float32(255), ('u16', 'f64'): lambda v: v / 65535.0,
        }
        for (source, target), rule in rules.items():
            with self.subTest(source=source, target=target):
                values = np.arange(256 if source == 'u8' else 65536).reshape(-1, 64)
                arguments = self.raw_input([values.astype(DTYPES[source])])
                raw = self.mim('convert', *arguments, '-', '--to', 'raw', '--sample', target)
                got = np.frombuffer(raw, DTYPES[target]).reshape(values.shape)
                if target[0] == 'f':
                    self.assertTrue(np.allclose(got, rule(values), rtol=1e-6, atol=0))
                    self.assertEqual((got[0, 0], got[-1, -1]), (0, 1))
                else:
                    self.assertSame(got, rule(values).astype(DTYPES[target]))

    def test_signed_samples_are_clipped_with_a_word(self):
        values = np.array([[-32768, -1, 0, 1, 16384, 32767]], np.int16)
        done = self.run_mim('convert', *self.raw_input([values]), '-', '--to', 'raw', '--sample', 'u8')
        self.assertEqual(done.returncode, 0, done.stderr)
        got = np.frombuffer(done.stdout, np.uint8)
        self.assertEqual(got[:3].tolist(), [0, 0, 0])
        self.assertEqual(got[-1], 255)
        self.assertTrue(done.stderr)

    def test_floats_of_nought_to_one_and_others(self):
        good = np.array([[0, 0.25, 0.5, 1]], np.float32)
        raw = self.mim('convert', *self.raw_input([good]), '-', '--to', 'raw', '--sample', 'u8')
        self.assertEqual(list(raw), [0, 64, 128, 255])
        for wrong in (1.5, -0.5, np.nan, np.inf):
            with self.subTest(value=wrong):
                said = self.refuse(2, 'convert', *self.raw_input([np.array([[0, wrong]], np.float32)]),
                                   self.path('o.gif'))
                self.assertIn('outside 0..1', said)

    def test_colour_models(self):
        rgb = pictures.samples(np.uint8, 5, 6, 3)
        arguments = self.raw_input([rgb])
        self.assertEqual(self.mim('convert', *arguments, '-', '--to', 'raw', '--color', 'rgba'),
                         np.dstack([rgb, np.full((5, 6), 255, np.uint8)]).tobytes())
        gray = self.raw_input([rgb[..., :1]], 'gray.raw')
        self.assertEqual(self.mim('convert', *gray, '-', '--to', 'raw', '--color', 'rgb'),
                         np.repeat(rgb[..., :1], 3, axis=2).tobytes())
        self.assertEqual(self.mim('convert', *gray, '-', '--to', 'raw', '--color', 'graya'),
                         np.dstack([rgb[..., 0], np.full((5, 6), 255, np.uint8)]).tobytes())
        self.assertEqual(len(self.mim('convert', *arguments, '-', '--to', 'raw', '--color', 'gray')), 30)

    def test_several_inputs_follow_one_another(self):
        raw = self.mim('convert', self.gif, self.gif, '-', '--to', 'raw')
        self.assertEqual(raw, 2 * self.mim('convert', self.gif, '-', '--to', 'raw'))

    def test_threads_are_counted_or_refused(self):
        for count in ('0', '1', '2', '3', '8', '64'):
            self.assertEqual(self.mim('convert', self.gif, '-', '--to', 'raw', '--threads', count),
                             self.mim('convert', self.gif, '-', '--to', 'raw'))
        for count in ('-1', 'two', '1.5', '', '99999999999'):
            with self.subTest(count=count):
                self.refuse(2, 'convert', self.gif, self.path('o.tif'), f'--threads={count}')

    def test_nothing_but_the_result_is_printed(self):
        """No progress bar in a pipe, however long the job."""
        arguments = self.raw_input(pictures.photograph(60, 300, 300))
        done = self.run_mim('convert', *arguments, self.path('o.gif'), '-o', 'palettesize=256')
        self.assertEqual((done.returncode, done.stdout), (0, b''))
        self.assertNotIn(b'\r', done.stderr)
        self.assertNotIn(b'%', done.stderr)


def small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))


if __name__ == '__main__':
    tap.main()
