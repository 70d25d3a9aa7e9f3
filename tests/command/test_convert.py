# SPDX-License-Identifier: MIT
"""Tests of mim convert: output, existing files, and how it ends."""

import os
import random
import resource
import signal
import subprocess
import threading

import tap
from command import PATIENCE, TESTCARD, CommandCase, gif, text, wait_until_blocked

TWENTY = ['--from', 'raw', '-i', 'width=4', '-i', 'height=1', '-i', 'channels=1', '-i', 'sample=u8', 'in.raw']


class Convert(CommandCase):
    def test_turns_a_gif_into_a_tiff_stack_and_back(self):
        self.mim('convert', TESTCARD, 'a.tiff')
        self.mim('convert', 'a.tiff', 'b.gif')
        pixels = self.raw(TESTCARD)
        self.assertEqual(self.raw('a.tiff'), pixels)
        self.assertEqual(self.raw('b.gif'), pixels)
        self.assertEqual(len(pixels) % (120 * 90 * 12), 0)

    def test_slices_frames_like_python(self):
        self.put('in.raw', bytes(i for i in range(20) for _ in range(4)))
        for word in ('0', '7', '-1', '-20', '3:8', ':', '::-1', '::3', '-3:', ':-17', '5:2', '18:99', '9:4:-2', '-1:-5:-1'):
            part = word.split(':')
            numbers = [int(number) if number else None for number in part]
            chosen = range(20)[slice(*numbers)] if len(part) > 1 else [range(20)[numbers[0]]]
            with self.subTest(word):
                if len(chosen) == 0:
                    self.refuse(2, 'convert', *TWENTY, '-', '--to', 'raw', '--frames=' + word)
                else:
                    self.assertEqual(self.raw(*TWENTY, '--frames=' + word), bytes(i for i in chosen for _ in range(4)))

    def test_keeps_the_order_of_lists_of_frames(self):
        self.put('in.raw', bytes(i for i in range(20) for _ in range(4)))
        self.assertEqual(self.raw(*TWENTY, '--frames', '3,0:2,-1,3')[::4], bytes([3, 0, 1, 19, 3]))
        self.assertEqual(self.raw(*TWENTY, '--frames', '3', '--frames', '1')[::4], bytes([3, 1]))

    def test_refuses_invalid_lists_of_frames(self):
        self.put('in.raw', bytes(80))
        for word in ('', 'x', '1,', ',1', '1:2:0', '1:2:3:4', '1-2', '99999999999999999999'):
            with self.subTest(word):
                self.assertIn('--frames', self.refuse(2, 'convert', *TWENTY, 'out.raw', '--frames', word))

    def test_joins_several_inputs(self):
        self.mim('convert', TESTCARD, TESTCARD, 'twice.gif')
        self.assertEqual(self.raw('twice.gif'), 2 * self.raw(TESTCARD))

    def test_reads_and_writes_pipes(self):
        with open(TESTCARD, 'rb') as file:
            card = file.read()
        stack = self.mim('convert', '-q', '-', '-', '--to', 'tiff', data=card)
        self.put('a.tiff', stack)
        self.assertEqual(self.info('a.tiff')[0]['frames'], 12)

    def test_reads_the_same_from_a_slow_pipe(self):
        with open(TESTCARD, 'rb') as file:
            card = file.read()
        self.put('card.gif', card)
        self.mim('convert', '-q', 'card.gif', 'file.tiff')
        process = self.start('convert', '-q', '-', 'pipe.tiff', stdin=subprocess.PIPE)
        for at in range(0, len(card), 997):
            process.stdin.write(card[at:at + 997])
            process.stdin.flush()
        process.stdin.close()
        self.assertEqual(process.wait(timeout=PATIENCE), 0)
        self.assertEqual(self.get('pipe.tiff'), self.get('file.tiff'))

    def test_delivers_the_frames_of_a_stream_as_they_arrive(self):
        noise = random.Random(1).randbytes(100 * 100 * 40)
        self.put('in.raw', noise)
        self.mim('convert', '-q', '--from', 'raw', '-i', 'width=100', '-i', 'height=100', '-i', 'channels=1', '-i', 'sample=u8', 'in.raw',
                 'noise.gif')
        coded, is_delivered = self.get('noise.gif'), threading.Event()
        process = self.start('convert', '-q', '-', '-', '--to', 'raw', '-i', 'stream=yes', stdin=subprocess.PIPE, stdout=subprocess.PIPE)

        def feed():
            with process.stdin as pipe:
                pipe.write(coded[:-1])
                pipe.flush()
                is_delivered.wait()
                pipe.write(coded[-1:])

        feeder = threading.Thread(target=feed)
        feeder.start()
        try:
            first = process.stdout.read(4)
        finally:
            is_delivered.set()
        with process.stdout as pipe:
            pixels = first + pipe.read()
        feeder.join()
        self.assertEqual(process.wait(timeout=PATIENCE), 0)
        self.assertEqual(pixels, b''.join(bytes([gray] * 3 + [255]) for gray in noise))

    def test_keeps_of_a_pipe_what_the_limit_allows(self):
        """Forwards it drops what it has passed. Backwards, and for an output that must seek, that is needed again."""
        data = bytes(range(250)) * 16_000
        shape = ('--from', 'raw', '-i', 'width=1000', '-i', 'height=100', '-i', 'channels=1', '-i', 'sample=u8', '--limit', 'spool=1MB')
        done = self.run_mim('convert', *shape, '-', '-', '--to', 'raw', data=data)
        self.assertEqual((done.returncode, done.stdout == data), (0, True), done.stderr)
        for more in (('--frames', '::-1', '--to', 'raw'), ('--to', 'tiff')):
            with self.subTest(more):
                done = self.run_mim('convert', *shape, '-', '-', *more, data=data)
                self.assertEqual(done.returncode, 5)
                self.assertIn(': temporary storage exceeds the limit spool=1000000; --limit NAME=VALUE', text(done.stderr))
        done = self.run_mim('convert', *shape, '--limit', 'spool=5MB', '-', '-', '--frames', '::-1', '--to', 'raw', data=data)
        self.assertEqual((done.returncode, len(done.stdout)), (0, len(data)), done.stderr)

    def test_converts_colour_and_sample_type(self):
        self.put('in.raw', bytes(range(0, 240, 12)))
        self.assertEqual(self.raw(*TWENTY, '--sample', 'u16'), b''.join(2 * bytes([i]) for i in range(0, 240, 12)))
        self.assertEqual(self.raw(*TWENTY, '--color', 'rgb'), b''.join(3 * bytes([i]) for i in range(0, 240, 12)))

    def test_converts_to_the_mean_of_all_channels(self):
        self.put('rgb.raw', bytes([1, 2, 4, 255, 255, 254]))
        read = ['--from', 'raw', '-i', 'width=2', '-i', 'height=1', '-i', 'channels=3', '-i', 'sample=u8', 'rgb.raw']
        self.assertEqual(self.raw(*read, '--gray=mean'), bytes([2, 254]))
        self.assertEqual(len(self.raw(*read, '--gray')), 2)
        self.assertEqual(self.raw(*read, '--gray'), self.raw(*read, '--color', 'gray'))

    def test_gives_the_same_bytes_with_any_number_of_threads(self):
        for name in ('a.gif', 'a.tiff'):
            made = []
            for threads in ('1', '2', '8'):
                self.mim('convert', '-qf', TESTCARD, name, '--threads', threads)
                made.append(self.get(name))
            self.assertEqual(made[0], made[1], name)
            self.assertEqual(made[0], made[2], name)

    def test_has_shorthands_for_options_of_the_output(self):
        self.mim('convert', TESTCARD, 'a.gif', '--duration', '0.5', '--loop', '3')
        facts, = self.info('a.gif')
        self.assertEqual((facts['duration'], facts['loop']), (6.0, 3))
        self.mim('convert', TESTCARD, 'b.gif', '--fps', '20')
        self.assertEqual(self.info('b.gif')[0]['fps'], 20.0)


class Keeping(CommandCase):
    def test_leaves_an_existing_output_alone_without_force(self):
        self.put('out.tiff', b'precious')
        self.assertIn('out.tiff', self.refuse(7, 'convert', TESTCARD, 'out.tiff'))
        self.assertEqual(self.get('out.tiff'), b'precious')
        self.mim('convert', '-q', '--force', TESTCARD, 'out.tiff')
        self.assertEqual(self.info('out.tiff')[0]['frames'], 12)

    def test_detects_an_existing_output_before_any_work(self):
        self.put('out.tiff', b'precious')
        process = self.start('convert', '-', 'out.tiff', stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            self.assertEqual(process.wait(timeout=PATIENCE), 7, 'without waiting for its input')
        finally:
            process.kill()
            process.communicate()

    def test_writes_nothing_of_a_damaged_input(self):
        with open(TESTCARD, 'rb') as file:
            self.put('cut.gif', file.read()[:9000])
        self.assertIn('cut.gif', self.refuse(6, 'convert', 'cut.gif', 'out.tiff'))
        self.assertNothingBeside('cut.gif')

    def test_keeps_the_good_frames_with_partial(self):
        with open(TESTCARD, 'rb') as file:
            self.put('cut.gif', file.read()[:9000])
        good = self.info('cut.gif', code=6)[0]['frames']
        said = self.refuse(6, 'convert', '--partial', 'cut.gif', 'out.gif')
        self.assertRegex(said, r'note: \d+ of \d+ rows are missing in a damaged frame')
        self.assertIn(f'; {good} good frames before that', said)
        self.assertEqual(self.info('out.gif')[0]['frames'], good + 1, 'with the rows of the frame that is cut')

    def test_leaves_nothing_when_the_disk_is_full(self):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        self.assertIn('out.tiff', self.refuse(7, 'convert', '-q', TESTCARD, 'out.tiff', preexec_fn=small_files))
        self.assertNothingBeside()

    def test_reports_a_full_device_as_an_output_failure(self):
        self.refuse(7, 'convert', '-q', TESTCARD, '/dev/full', '--to', 'raw')

    def test_reports_missing_permission_as_an_output_failure(self):
        self.assertIn('nowhere', self.refuse(7, 'convert', '-q', TESTCARD, 'nowhere/out.tiff'))


class Notes(CommandCase):
    def test_report_each_loss_once(self):
        printed = text(self.run_mim('convert', TESTCARD, 'a.tiff').stderr)
        notes = [line for line in printed.splitlines() if line.startswith('mim: note: ')]
        self.assertEqual(len(notes), len(printed.splitlines()))
        self.assertTrue(notes)
        self.assertEqual(len(notes), len(set(notes)))

    def test_list_lost_values_on_one_line(self):
        self.mim('convert', '-q', TESTCARD, 'a.tiff', '-o', 'artist=me', '-o', 'software=s', '-o', 'datetime=2020:01:02 03:04:05',
                 '-o', 'resolution=300,300', '-o', 'tag:65000=x')
        lost = "mim: note: gif cannot keep the metadata "
        lines = text(self.run_mim('convert', 'a.tiff', 'a.gif').stderr).splitlines()
        self.assertEqual([line for line in lines if line.startswith(lost)],
                         [lost + "'software', 'datetime', 'artist', 'tag:65000' and 2 more; --verbose lists all"])
        lines = text(self.run_mim('convert', '-fv', 'a.tiff', 'a.gif').stderr).splitlines()
        self.assertIn(lost + "'software', 'datetime', 'artist', 'tag:65000', 'resolution', 'resolution_unit'", lines)

    def test_are_not_about_what_says_nothing_or_was_asked_for(self):
        for resolution, unit in (('72,72', 'none'), ('1,1', 'inch')):
            self.mim('convert', '-qf', TESTCARD, 'a.tiff', '-o', f'resolution={resolution}', '-o', f'resolutionunit={unit}', '-o', 'software=')
            self.assertNotIn('resolution', text(self.run_mim('convert', '-f', 'a.tiff', 'a.gif').stderr))
        for options in (('--fps', '5'), ('--duration', '0.5')):
            self.assertEqual(self.run_mim('convert', '-f', TESTCARD, 'a.gif', '--strict', *options).stderr, b'')

    def test_are_silent_with_quiet(self):
        self.assertEqual(self.run_mim('convert', '-q', TESTCARD, 'a.tiff').stderr, b'')

    def test_are_errors_with_strict(self):
        self.refuse(7, 'convert', '--strict', TESTCARD, 'a.tiff')
        self.assertNothingBeside()


class Ending(CommandCase):
    def test_is_quiet_after_the_reader_has_closed(self):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([os.environ['MIM'], 'convert', '-q', TESTCARD, '-', '--to', 'raw'], stdout=write,
                              stderr=subprocess.PIPE, env=self.environment())
        os.close(write)
        self.assertEqual((done.returncode, done.stderr), (7, b''))

    def interrupt(self, number, *args, **more):
        """Send a signal to mim while it waits for its input, and return the exit code."""
        process = self.start(*args, stdin=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        process.stdin.write(bytes(70000))
        process.stdin.flush()
        wait_until_blocked(process)
        process.send_signal(number)
        try:
            _, printed = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        self.assertEqual(printed, b'mim: interrupted\n')
        return process.returncode

    def test_of_an_interrupted_run_leaves_nothing(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                self.assertEqual(self.interrupt(number, 'convert', *TWENTY[:-1], '-', 'out.raw'), -number)
                self.assertNothingBeside()

    def test_of_an_interrupted_info_ends_by_the_signal(self):
        self.assertEqual(self.interrupt(signal.SIGINT, 'info', *TWENTY[:-1], '-', stdout=subprocess.DEVNULL),
                         -signal.SIGINT)

    def test_of_a_run_into_a_full_pipe(self):
        self.put('in.raw', bytes(4_000_000))
        process = self.start('convert', *TWENTY, '-', '--to', 'raw', stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             bufsize=0)
        self.assertEqual(len(process.stdout.read(1)), 1, 'it has begun to write')
        wait_until_blocked(process)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(timeout=PATIENCE), -signal.SIGTERM)
        process.communicate()


tap.main()
