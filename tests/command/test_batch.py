# SPDX-License-Identifier: MIT
"""Tests of mim batch: names, reports, failures, the budget that files share, and how it ends."""

import os
import resource
import select
import shutil
import signal
import subprocess

import tap
from command import PATIENCE, TESTCARD, CommandCase, open_terminal, text, wait_until, wait_until_blocked

RAW = ['--from', 'raw', '-i', 'height=1', '-i', 'channels=1', '-i', 'sample=u8', '-i']


class BatchCase(CommandCase):
    def cards(self, *names):
        for name in names:
            shutil.copy(TESTCARD, self.path(name))
        return names

    def made(self, folder='out'):
        return sorted(os.listdir(self.path(folder)))

    def lines(self, *args, code=0, **more):
        """Return the standard output of a batch: the sorted lines of the files, and the summary."""
        done = self.run_mim('batch', *args, **more)
        self.assertEqual(done.returncode, code, text(done.stderr))
        *files, count = text(done.stdout).splitlines()
        return sorted(files), count


class Names(BatchCase):
    def test_are_the_same_as_the_inputs(self):
        os.makedirs(self.path('in'))
        self.cards('a.gif', 'in/b.c.gif')
        self.mim('batch', 'a.gif', 'in/b.c.gif', '-d', 'out')
        self.assertEqual(self.made(), ['a.gif', 'b.c.gif'])
        self.assertEqual(self.raw('out/b.c.gif'), self.raw(TESTCARD))

    def test_are_made_by_a_template(self):
        self.cards('a.gif', 'b.gif', '.c', 'd')
        for template, more, names in (('processed_{name}', [], ['processed_a.gif', 'processed_b.gif']),
                                      ('{name}', ['--to', 'tiff'], ['a.tif', 'b.tif']),
                                      ('{name}.tiff', [], ['a.tiff', 'b.tiff']),
                                      ('{name}.v2', [], ['a.v2.gif', 'b.v2.gif']),
                                      ('{ext}-{name}', ['--to', 'gif'], ['gif-a', 'gif-b']),
                                      ('{index}', [], ['0.gif', '1.gif']),
                                      ('x{index:3}', [], ['x000.gif', 'x001.gif']),
                                      ('{{{name}}}', [], ['{a}.gif', '{b}.gif'])):
            with self.subTest(template):
                self.mim('batch', '-q', 'a.gif', 'b.gif', '-d', 'out', '--name', template, *more)
                self.assertEqual(self.made(), names)
                shutil.rmtree(self.path('out'))
        self.mim('batch', '-q', '.c', 'd', '-d', 'out', '--to', 'gif')
        self.assertEqual(self.made(), ['.c.gif', 'd.gif'])

    def refuse_names(self, *args):
        """Check that mim fails, writes nothing and does not create the directory. Return the error."""
        before = sorted(os.listdir(self.folder))
        printed = self.refuse(2, 'batch', *args)
        self.assertTrue(printed.startswith('mim: '), printed)
        self.assertEqual(printed.count('\n'), 1)
        self.assertNothingBeside(*before)
        return printed

    def test_stay_in_the_directory(self):
        self.cards('a.gif', '...gif')
        for template in ('../{name}', '/tmp/{name}', 'sub/{name}', '{name}/..', './{name}'):
            with self.subTest(template):
                self.assertIn('out', self.refuse_names('a.gif', '-d', 'out', '--name', template))
        os.makedirs(self.path('dots'))
        self.cards('dots/..gif')
        for name in ('..', '.', 'dots/..', 'dots/../', '%03d.gif'):
            with self.subTest(name):
                self.assertIn('no name', self.refuse_names(name, '-d', 'out', '--to', 'gif'))

    def test_have_known_fields(self):
        self.cards('a.gif')
        for template in ('{nam}', '{', '{name', '}', 'a}', '{}', '{index:0}', '{index:x}', '{index:12}', '{index:}',
                         '{{{name}}'):
            with self.subTest(template):
                self.assertIn('--name', self.refuse_names('a.gif', '-d', 'out', '--name', template))

    def test_are_not_used_twice(self):
        os.makedirs(self.path('in'))
        self.cards('a.gif', 'b.gif', 'in/a.gif')
        self.assertIn('in/a.gif', self.refuse_names('a.gif', 'b.gif', 'in/a.gif', '-d', 'out'))
        self.assertIn('x.gif', self.refuse_names('a.gif', 'b.gif', '-d', 'out', '--name', 'x.gif'))
        self.refuse_names('a.gif', 'a.gif', '-d', 'out')

    def test_do_not_replace_other_inputs(self):
        self.cards('a.gif', 'x_a.gif')
        os.symlink('a.gif', self.path('link.gif'))
        self.refuse_names('-f', 'a.gif', 'x_a.gif', '-d', '.', '--name', 'x_{name}')
        self.refuse_names('-f', 'x_a.gif', 'a.gif', '-d', self.folder, '--name', 'x_{name}')
        self.refuse_names('-f', 'x_a.gif', 'link.gif', '-d', '.', '--name', 'link', '--frames', '0')
        os.mkdir(self.path('links'))
        os.symlink('../x_a.gif', self.path('links/a.gif'))
        self.refuse_names('-f', 'a.gif', 'x_a.gif', '-d', 'links')
        shutil.rmtree(self.path('links'))
        self.mim('batch', '-qf', 'a.gif', '-d', '.', '--frames', '0')
        self.assertEqual(self.info('a.gif')[0]['frames'], 1, 'its own output may replace an input')

    def test_need_a_directory_and_inputs_with_names(self):
        self.cards('a.gif')
        for args, word in ((['a.gif'], '-d'), (['a.gif', '-d', ''], '-d'), (['-d', 'out'], 'usage'),
                           (['-', '-d', 'out'], 'standard input'), (['a.gif', '-d', 'out', '-j', 'x'], '--jobs'),
                           (['a.gif', '-d', 'out', '--keep-going=maybe'], '--keep-going'),
                           (['a.gif', '-d', 'out', '--to', 'nonesuch'], 'nonesuch'),
                           (['a.gif', '-d', 'out', '--force', '--skip-existing'], '--skip-existing')):
            with self.subTest(' '.join(args)):
                self.assertIn(word, self.refuse_names(*args))

    def test_are_no_patterns(self):
        """Files that are really named like series, and a template like one."""
        self.cards('x%d.gif', 'y%03d.gif', 'plain.gif')
        os.mkdir(self.path('out'))
        self.put('out/x0.raw', b'old')
        self.mim('batch', '-f', 'x%d.gif', 'y%03d.gif', '-d', 'out', '--to', 'raw')
        self.mim('batch', 'plain.gif', '-d', 'out', '--to', 'raw', '--name', '{name}_%d*')
        self.assertEqual(self.made(), ['plain_%d*.raw', 'x%d.raw', 'x0.raw', 'y%03d.raw'])
        self.assertEqual(self.get('out/x0.raw'), b'old')
        self.assertEqual(self.get('out/x%d.raw'), self.raw(TESTCARD))

    def test_of_a_directory_that_looks_like_a_uri_are_paths(self):
        self.cards('a.gif', '..%2fb.gif')
        self.mim('batch', '-q', 'a.gif', '..%2fb.gif', '-d', 'file:')
        self.assertEqual(self.made('file:'), ['..%2fb.gif', 'a.gif'])
        self.assertIn('No such file', self.refuse(7, 'batch', 'a.gif', '-d', 'file:///' + self.folder))


class Reporting(BatchCase):
    def test_has_a_line_for_each_file_and_a_count(self):
        self.cards('a.gif', 'b.gif')
        self.put('junk.gif', b'junk')
        files, count = self.lines('a.gif', 'b.gif', 'junk.gif', 'missing.gif', '-d', 'out', code=6)
        self.assertEqual(files[:2], ['✓ a.gif', '✓ b.gif'])
        self.assertRegex(files[2], '^✗ junk.gif: .')
        self.assertEqual(files[3], '✗ missing.gif: No such file or directory')
        self.assertEqual(count, '2 done, 2 failed')

    def test_is_ascii_in_the_c_locale(self):
        self.cards('a.gif')
        done = self.run_mim('batch', 'a.gif', 'missing.gif', '-d', 'out', '-j', '1', env={'LC_ALL': 'C'})
        self.assertEqual(done.stdout, b'ok a.gif\nfailed missing.gif: No such file or directory\n1 done, 1 failed\n')

    def test_reports_errors_once_in_each_file(self):
        done = self.run_mim('batch', 'missing.gif', '-d', 'out')
        self.assertEqual(text(done.stderr), 'mim: missing.gif: No such file or directory\n')
        read, write = os.pipe()
        process = self.start('batch', 'missing.gif', '-d', 'out', stdout=write, stderr=write)
        os.close(write)
        self.assertEqual(process.wait(timeout=PATIENCE), 6)
        with os.fdopen(read, 'rb') as file:
            self.assertEqual(text(file.read()), '✗ missing.gif: No such file or directory\n0 done, 1 failed\n')

    def test_reports_losses_once(self):
        names = self.cards(*(f'{i}.gif' for i in range(6)))
        printed = text(self.run_mim('batch', *names, '-d', 'out', '--to', 'tiff').stderr).splitlines()
        self.assertTrue(printed)
        for line in printed:
            self.assertRegex(line, r'^mim: note: .* \(6 times\)$')
        self.assertEqual(len(printed), len(set(printed)))

    def test_prints_only_failures_with_quiet(self):
        self.cards('a.gif')
        done = self.run_mim('batch', '-q', 'a.gif', '-d', 'out', '--to', 'tiff')
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b'', b''))
        done = self.run_mim('batch', '-q', 'a.gif', 'b.gif', '-d', 'out', '-f')
        self.assertEqual(text(done.stdout), '✗ b.gif: No such file or directory\n')

    def test_escapes_control_characters(self):
        files, _ = self.lines('a\033[2J.gif', '-d', 'out', code=6)
        self.assertIn(r'a\x1b[2J.gif', files[0])

    def test_continues_after_the_reader_has_closed(self):
        names = self.cards(*(f'{i}.gif' for i in range(4)))
        read, write = os.pipe()
        os.close(read)
        process = self.start('batch', *names, '-d', 'out', stdout=write, stderr=subprocess.PIPE)
        os.close(write)
        self.assertEqual((process.communicate(timeout=PATIENCE)[1], process.returncode), (b'', 7))
        self.assertEqual(len(self.made()), 4)


class Failing(BatchCase):
    def test_with_equal_codes_exits_with_it_and_else_with_1(self):
        self.cards('a.gif', 'b.gif', 'e.gif')
        os.makedirs(self.path('out'))
        self.put('out/e.gif', b'precious')
        self.put('junk.gif', b'junk')
        for names, code in ((['a.gif'], 0), (['missing.gif', 'junk.gif', 'b.gif'], 6), (['e.gif'], 7),
                            (['e.gif', 'junk.gif'], 1)):
            with self.subTest(' '.join(names)):
                self.lines(*names, '-d', 'out', code=code)
        self.assertEqual(self.get('out/e.gif'), b'precious')

    def test_leaves_no_incomplete_outputs(self):
        with open(TESTCARD, 'rb') as file:
            self.put('cut.gif', file.read()[:9000])
        self.cards('a.gif')
        self.lines('cut.gif', 'a.gif', '-d', 'out', code=6)
        self.assertEqual(self.made(), ['a.gif'])
        self.lines('cut.gif', '-d', 'out', '--partial', code=6)
        self.assertEqual(self.made(), ['a.gif', 'cut.gif'])
        self.assertEqual(self.info('out/cut.gif')[0]['frames'], self.info('cut.gif', code=6)[0]['frames'] + 1)

    def test_removes_an_empty_directory(self):
        self.lines('missing.gif', '-d', 'out', code=6)
        self.assertNothingBeside()

    def test_of_the_directory_is_reported_once(self):
        self.cards('a.gif', 'b.gif')
        self.put('file', b'')
        self.assertEqual(self.refuse(7, 'batch', 'a.gif', 'b.gif', '-d', 'file'), 'mim: file: not a directory\n')
        self.assertIn('nowhere', self.refuse(7, 'batch', 'a.gif', 'b.gif', '-d', 'nowhere/out'))

    def test_can_stop_the_batch(self):
        self.cards('a.gif', 'b.gif', 'c.gif')
        files, count = self.lines('a.gif', 'missing.gif', 'b.gif', 'c.gif', '-d', 'out', '-j', '1', '--keep-going=no',
                                  code=6)
        self.assertEqual(len(files), 2)
        self.assertEqual(count, '1 done, 1 failed, 2 not done')
        self.assertEqual(self.made(), ['a.gif'])
        _, count = self.lines('a.gif', 'missing.gif', 'b.gif', '-d', 'out', '--keep-going', '-f', code=6)
        self.assertEqual(count, '2 done, 1 failed')

    def test_of_a_full_disk_is_an_output_failure(self):
        def small_files():
            resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        self.cards('a.gif', 'b.gif')
        files, _ = self.lines('a.gif', 'b.gif', '-d', 'out', '--to', 'tiff', code=7, preexec_fn=small_files)
        self.assertRegex(files[0], '^✗ a.gif: out/a.tif: ')
        self.assertNothingBeside('a.gif', 'b.gif')

    def test_is_any_loss_with_strict(self):
        self.cards('a.gif')
        self.lines('a.gif', '-d', 'out', '--to', 'tiff', '--strict', code=7)
        self.assertNothingBeside('a.gif')


class Existing(BatchCase):
    def setUp(self):
        super().setUp()
        self.cards('a.gif', 'b.gif')
        os.makedirs(self.path('out'))
        self.put('out/a.gif', b'precious')

    def test_outputs_are_kept_without_force(self):
        files, count = self.lines('a.gif', 'b.gif', '-d', 'out', code=7)
        self.assertRegex(files[1], '^✗ a.gif: out/a.gif: .*--force')
        self.assertEqual((self.get('out/a.gif'), count), (b'precious', '1 done, 1 failed'))
        self.lines('a.gif', '-d', 'out', '-f')
        self.assertEqual(self.raw('out/a.gif'), self.raw(TESTCARD))

    def test_outputs_can_be_skipped(self):
        files, count = self.lines('a.gif', 'b.gif', '-d', 'out', '--skip-existing')
        self.assertEqual(sorted(files), ['– a.gif: exists already', '✓ b.gif'])
        self.assertEqual((self.get('out/a.gif'), count), (b'precious', '1 done, 1 skipped'))
        self.assertEqual(self.lines('a.gif', 'b.gif', '-d', 'out', '--skip-existing')[1], '0 done, 2 skipped')


class Together(BatchCase):
    def test_gives_the_same_bytes_with_any_number_of_files_at_once(self):
        names = self.cards(*(f'{i}.gif' for i in range(7)))
        self.mim('convert', '-q', TESTCARD, 'one.gif', '--gray=mean')
        self.mim('convert', '-q', TESTCARD, 'one.tif', '--frames', '::-2', '--color', 'rgb')
        for jobs in ('0', '1', '3', '20'):
            for threads in ('1', '4'):
                with self.subTest(jobs=jobs, threads=threads):
                    few = ['-q', '-f', '-j', jobs, '--threads', threads, '-d', 'out']
                    self.mim('batch', *names, *few, '--gray=mean')
                    self.mim('batch', *names, *few, '--to', 'tiff', '--frames', '::-2', '--color', 'rgb')
                    self.assertEqual(len(self.made()), 14)
                    for name in self.made():
                        self.assertEqual(self.get('out/' + name), self.get('one' + os.path.splitext(name)[1]), name)

    def test_converts_to_the_mean_of_all_channels(self):
        self.put('a.raw', bytes([1, 2, 4, 255, 255, 254]))
        self.mim('batch', '--from', 'raw', '-i', 'width=2', '-i', 'height=1', '-i', 'channels=3', '-i', 'sample=u8',
                 'a.raw', '-d', 'out', '--gray=mean')
        self.assertEqual(self.get('out/a.raw'), bytes([2, 254]))

    def test_gives_a_large_file_the_whole_budget(self):
        """Packing needs 80 MB, which is more than half of 100 MB, but less than all."""
        for name in ('big.raw', 'next.raw'):
            os.truncate(self.put(name, b''), 80_000_000)
        few = [*RAW, 'width=80000000', 'big.raw', 'next.raw', '-d', 'out', '-f', '--to', 'tiff', '-o',
               'compression=packbits']
        files, count = self.lines(*few, '-j', '2', '--memory', '100MB')
        self.assertEqual((files, count), (['✓ big.raw', '✓ next.raw'], '2 done'))
        self.assertEqual(self.get('out/next.tif').count(b'\x81\x00'), 80_000_000 // 128)
        alone = self.lines(*few, '-j', '1', '--memory', '70MB', code=5)
        self.assertEqual(self.lines(*few, '-j', '2', '--memory', '70MB', code=5), alone)
        self.assertIn('70000000', alone[0][0])
        os.makedirs(self.path('mim-1'))
        for limit in (b'memory', b'working'):
            self.put('mim-1/mim.conf', b'[limit]\n' + limit + b' = 70MB\n')
            self.assertEqual(self.lines(*few, '-j', '2', code=5, env={'XDG_CONFIG_HOME': self.folder}), alone)

    def test_keeps_a_small_limit_of_working_memory(self):
        for name in ('a.raw', 'b.raw'):
            os.truncate(self.put(name, b''), 20_000_000)
        few = [*RAW, 'width=20000000', 'a.raw', 'b.raw', '-d', 'out', '-f', '--to', 'tiff', '-o', 'compression=packbits']
        for limit in (('--memory', '9MB'), ('--memory', '18MB'), ('--limit', 'working=18MB')):
            alone = self.lines(*few, '-j', '1', *limit, code=5)
            self.assertEqual(self.lines(*few, '-j', '2', *limit, code=5), alone)
            self.assertIn(f"the limit working={limit[1].strip('workingMB=')}000000", alone[0][0])
        self.assertEqual(self.lines(*few, '-j', '2', '--memory', '50MB')[1], '2 done')

    def test_converts_several_files_at_once(self):
        """Two pipes, which can only be read at the same time."""
        pipes = ['a.raw', 'b.raw']
        for name in pipes:
            os.mkfifo(self.path(name))
        process = self.start('batch', *RAW, 'width=4', *pipes, '-d', 'out', '-j', '2', stdout=subprocess.PIPE)
        ends = [open(self.path(name), 'wb', buffering=0) for name in pipes]
        for end in reversed(ends):
            end.write(b'1234')
            end.close()
        self.assertEqual(process.communicate(timeout=PATIENCE)[0].splitlines()[-1], b'2 done')


class Ending(BatchCase):
    def interrupted(self, number, **more):
        """Start a batch whose second file blocks, and send a signal after the first. Return its status and output."""
        self.put('a.raw', b'1234')
        os.mkfifo(self.path('b.raw'))
        self.put('c.raw', b'1234')
        process = self.start('batch', *RAW, 'width=4', 'a.raw', 'b.raw', 'c.raw', '-d', 'out', '-j', '1',
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
        try:
            self.assertEqual(text(process.stdout.readline()), '✓ a.raw\n', 'as it is finished')
            wait_until_blocked(process)
            process.send_signal(number)
            printed = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
        return process.returncode, *map(text, printed)

    def test_by_a_signal_keeps_finished_outputs(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                self.assertEqual(self.interrupted(number), (-number, '1 done, 2 not done\n', 'mim: interrupted\n'))
                self.assertEqual(self.made(), ['a.raw'])
                shutil.rmtree(self.path('out'))
                os.unlink(self.path('b.raw'))

    def test_by_a_signal_leaves_no_incomplete_output(self):
        """Send the signal when the first output exists, and when one or two are finished. A pipe that blocks delays the end."""
        names = [f'{i}.raw' for i in range(8)]
        for name in names:
            os.truncate(self.put(name, b''), 12_000_000)
        os.mkfifo(self.path('never.raw'))
        for finished in (0, 1, 2):
            with self.subTest(finished=finished):
                process = self.start('batch', *RAW, 'width=1000', *names, 'never.raw', '-d', 'out', '-j', '3', '--sample',
                                     'f64', stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0)
                wait_until(lambda: os.path.exists(self.path('out')) and os.listdir(self.path('out')), 'an output begins')
                lines = b''.join(process.stdout.readline() for _ in range(finished))
                process.send_signal(signal.SIGINT)
                rest, printed = process.communicate(timeout=PATIENCE)
                lines += rest
                self.assertEqual((process.returncode, printed), (-signal.SIGINT, b'mim: interrupted\n'))
                files = [line[2:] for line in text(lines).splitlines()[:-1]]
                self.assertGreaterEqual(len(files), finished)
                there = self.made() if os.path.exists(self.path('out')) else []
                self.assertEqual(there, sorted(files))
                for name in there:
                    self.assertEqual(os.path.getsize(self.path('out/' + name)), 96_000_000)
                self.assertTrue(not lines or text(lines).splitlines()[-1].endswith(f'{9 - len(files)} not done'), lines)
                shutil.rmtree(self.path('out'), ignore_errors=True)


class Progress(BatchCase):
    def test_on_a_terminal_counts_files_and_frames(self):
        self.put('a.raw', b'1234')
        os.mkfifo(self.path('b.raw'))
        master, slave = open_terminal()
        process = self.start('batch', *RAW, 'width=4', 'a.raw', 'b.raw', '-d', 'out', '-j', '1', stderr=slave,
                             stdout=subprocess.DEVNULL, env={'TERM': 'xterm'})
        os.close(slave)
        end = open(self.path('b.raw'), 'wb', buffering=0)
        printed = b''
        while b'files' not in printed:
            end.write(b'1234')
            if select.select([master], [], [], 0.05)[0]:
                printed += os.read(master, 65536)
        end.close()
        while select.select([master], [], [], PATIENCE)[0]:
            try:
                printed += os.read(master, 65536)
            except OSError:
                break
        os.close(master)
        self.assertEqual(process.wait(timeout=PATIENCE), 0)
        self.assertRegex(printed, rb'1/2 files, \d+ frames, [\d.]+/s')
        self.assertTrue(printed.endswith(b'\r\x1b[K'), printed[-40:])


tap.main()
