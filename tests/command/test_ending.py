# SPDX-License-Identifier: MIT
"""Tests of how the command ends by signals and limits, also while a plugin does not return."""

import os
import signal
import time

import tap
from command import PATIENCE, TESTCARD, CommandCase, text, wait_until_blocked

MANIFEST = '''[plugin]
manifest = 1
name = endless
version = 1.0
abi = 1.0
module = endless.so
description = never returns

[format mock]
title = Endless
extensions = endless
read = multi
'''


class Endless(CommandCase):
    """A plugin whose prepare operation never returns, and its files."""

    def setUp(self):
        super().setUp()
        os.mkdir(self.path('plugins'))
        os.symlink(os.path.join(os.environ['MIM_TEST_MODULES'], 'endless.so'), self.path('plugins/endless.so'))
        self.put('plugins/endless.ini', MANIFEST.encode())
        self.put('a.endless', b'a')
        self.plugins = {'MIM_PLUGIN_PATH': self.path('plugins') + ':' + os.environ['MIM_PLUGIN_PATH']}

    def blocked(self, *args):
        """Start mim and wait until it is in the plugin."""
        process = self.start(*args, env=self.plugins, stdout=-1, stderr=-1)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        wait_until_blocked(process)
        return process

    def test_jobs_end_by_their_signal_after_the_grace_time(self):
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            for args in (('convert', 'a.endless', 'out.raw'), ('info', '--count', 'a.endless'),
                         ('batch', 'a.endless', TESTCARD, '-j', '2', '-d', 'out', '--to', 'raw')):
                with self.subTest(number.name, args=args):
                    process = self.blocked(*args)
                    process.send_signal(number)
                    process.communicate(timeout=PATIENCE)
                    self.assertEqual(process.returncode, -number)
        self.assertNothingBeside('a.endless', 'out', 'plugins')
        self.assertEqual(os.listdir(self.path('out')), ['testcard.raw'])

    def test_jobs_end_at_once_by_a_second_signal(self):
        process = self.blocked('convert', 'a.endless', 'out.raw')
        start = time.monotonic()
        process.send_signal(signal.SIGTERM)
        while process.poll() is None:
            time.sleep(0.1)
            process.send_signal(signal.SIGINT)
        took = time.monotonic() - start
        self.assertIn(process.returncode, [-signal.SIGINT] if took < 1.5 else [-signal.SIGINT, -signal.SIGTERM])

    def test_two_signals_of_one_request_count_once(self):
        """timeout(1) signals the process and its group. Both are pending before the process continues."""
        process = self.blocked('convert', 'a.endless', 'out.raw')
        process.send_signal(signal.SIGSTOP)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        process.communicate(timeout=PATIENCE)
        first = min(signal.SIGHUP, signal.SIGTERM)  # the kernel delivers the lowest number last, on top of the others
        self.assertIn(process.returncode, (-first, -signal.SIGTERM))

    def test_jobs_end_at_the_limit(self):
        for args in (('convert', 'a.endless', 'out.raw'), ('info', 'a.endless'), ('info', '--count', 'a.endless')):
            for limit in (('--seconds', '0.1'), ('--limit', 'seconds=0.1')):
                with self.subTest(args=args, limit=limit):
                    message = self.refuse(75, *args, *limit, env=self.plugins)
                    self.assertEqual(message, 'mim: a.endless: out of time: the job exceeds the limit seconds=0.1 and does '
                                              'not stop; --seconds N changes it (in plugin endless, prepare)\n')
        self.assertNothingBeside('a.endless', 'plugins')

    def test_jobs_end_at_the_limit_of_the_configuration(self):
        os.makedirs(self.path('config/mim-1'))
        self.put('config/mim-1/mim.conf', b'[limit]\nseconds = 0.1\n')
        message = self.refuse(75, 'convert', 'a.endless', 'out.raw', '--seconds', '100',
                              env={**self.plugins, 'XDG_CONFIG_HOME': self.path('config')})
        self.assertIn('limit seconds=0.1', message)

    def test_one_file_does_not_stop_a_batch(self):
        self.put('b.endless', b'b')
        for name in ('1.gif', '2.gif', '3.gif'):
            os.symlink(TESTCARD, self.path(name))
        files = ('a.endless', '1.gif', 'b.endless', '2.gif', '3.gif')
        for jobs in '1', '2', '5':
            with self.subTest(jobs=jobs):
                done = self.run_mim('batch', *files, '-d', 'out' + jobs, '--to', 'raw', '-j', jobs, '--seconds', '5',
                                    env=self.plugins)
                lines = text(done.stdout).splitlines()
                stuck = ': out of time: the job exceeds the limit seconds=5 and does not stop; --seconds N changes it'
                self.assertEqual(done.returncode, 75, done.stderr)
                self.assertEqual(sorted(lines[:-1]), ['✓ 1.gif', '✓ 2.gif', '✓ 3.gif', '✗ a.endless' + stuck, '✗ b.endless' + stuck])
                self.assertEqual(lines[-1], '3 done, 2 failed')
                self.assertEqual(sorted(os.listdir(self.path('out' + jobs))), ['1.raw', '2.raw', '3.raw'])


class Aborting(CommandCase):
    """A plugin that ends the process."""

    def test_names_the_plugin_that_ends_the_process(self):
        os.mkdir(self.path('plugins'))
        os.symlink(os.path.join(os.environ['MIM_TEST_MODULES'], 'aborting.so'), self.path('plugins/aborting.so'))
        self.put('plugins/aborting.ini', MANIFEST.replace('endless', 'aborting').encode())
        self.put('a.aborting', b'a')
        self.put('out.raw', b'before')
        for args in (('info', 'a.aborting'), ('convert', '-f', 'a.aborting', 'out.raw')):
            with self.subTest(args):
                done = self.run_mim(*args, env={'MIM_PLUGIN_PATH': self.path('plugins') + ':' + os.environ['MIM_PLUGIN_PATH']})
                self.assertEqual(done.returncode, -signal.SIGABRT)
                self.assertEqual(text(done.stderr), 'mim: aborted (in plugin aborting, prepare)\n')
        self.assertNothingBeside('a.aborting', 'out.raw', 'plugins')
        self.assertEqual(self.get('out.raw'), b'before')


class Fifo(CommandCase):
    """An output without a reader, or with one that does not read; an input without a writer."""

    def write_to_fifo(self, *args, reads=False, output='out.raw'):
        self.put('big.raw', bytes(4_000_000))
        os.mkfifo(self.path('out.raw'))
        process = self.start('convert', *args, output, '--from', 'raw', '-i', 'width=1000', '-i', 'height=1000', '-i',
                             'channels=1', '-i', 'sample=u8', stderr=-1)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        if reads:
            reader = open(self.path('out.raw'), 'rb', buffering=0)
            self.addCleanup(reader.close)
            self.assertEqual(reader.read(3), bytes(3))
        wait_until_blocked(process)
        return process

    def test_of_which_no_reader_comes_is_given_up_by_a_signal(self):
        for reads, output in (False, 'out.raw'), (True, 'out.raw'), (False, 'file://' + self.path('out.raw')):
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(number.name, reads=reads, output=output):
                    process = self.write_to_fifo('big.raw', reads=reads, output=output)
                    process.send_signal(number)
                    process.communicate(timeout=PATIENCE)
                    self.assertEqual(process.returncode, -number)
                    os.unlink(self.path('out.raw'))

    def test_of_which_no_writer_comes_is_given_up_by_a_signal(self):
        os.mkfifo(self.path('in'))
        for name in 'in', 'file://' + self.path('in'):
            for number in (signal.SIGINT, signal.SIGTERM):
                with self.subTest(number.name, name=name):
                    process = self.start('convert', name, 'out.gif', stderr=-1)
                    self.addCleanup(process.wait)
                    self.addCleanup(process.kill)
                    wait_until_blocked(process)
                    process.send_signal(number)
                    process.communicate(timeout=PATIENCE)
                    self.assertEqual(process.returncode, -number)

    def test_of_which_a_reader_comes_late_is_written(self):
        process = self.write_to_fifo('big.raw')
        with open(self.path('out.raw'), 'rb') as reader:
            self.assertEqual(reader.read(), bytes(4_000_000))
        self.assertEqual(process.wait(timeout=PATIENCE), 0)


tap.main()
