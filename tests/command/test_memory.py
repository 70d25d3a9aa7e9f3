# SPDX-License-Identifier: MIT
"""Makes every allocation of the command and the library fail in turn. Failures must be reported, and leave no files."""

import os
import subprocess

import tap
from command import PATIENCE, TESTCARD, CommandCase, text

FAILING = os.environ['MIM_FAILING']
FEW = ('--frames', '0:3')


class Memory(CommandCase):
    def attempt(self, args, place, for_ever):
        """Run with the allocation number `place` failing. Return (whether it was reached, the finished process)."""
        read, write = os.pipe()
        env = self.environment(MIM_TEST_FAIL_AT=str(place), MIM_TEST_FAIL_FD=str(write))
        if for_ever:
            env['MIM_TEST_FAIL_FOR_EVER'] = '1'
        done = subprocess.run([FAILING, *args], env=env, cwd=self.folder, pass_fds=[write], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        os.close(write)
        reached = os.read(read, 1) == b'x'
        os.close(read)
        return reached, done

    def try_all(self, *args, output=None):
        """Fail each allocation, once or with all that follow, until the run ends before the place is reached."""
        wanted = self.run_mim(*args)
        self.assertEqual(wanted.returncode, 0, text(wanted.stderr))
        written = self.take(output)
        for for_ever in (False, True):
            with self.subTest(' '.join(args[:2]), for_ever=for_ever):
                place, reached = 0, True
                while reached:
                    reached, done = self.attempt(args, place, for_ever)
                    what = f'allocation {place}, exit {done.returncode}: {text(done.stderr)}'
                    self.assertIn(done.returncode, (0, 5), what)
                    if done.returncode == 0: # not essential, or not reached
                        self.assertTrue((done.stdout, self.take(output)) == (wanted.stdout, written), "another result: " + what)
                    else:
                        self.assertTrue(done.stderr.startswith(b'mim: '), what)
                        self.assertTrue(reached, what)
                    self.assertNothingBeside('a.gif')
                    place += 1
                self.assertGreater(place, 20)

    def take(self, name):
        """Return the content of an output, and remove it."""
        if name is None or not os.path.exists(self.path(name)):
            return None
        content = self.get(name)
        os.remove(self.path(name))
        return content

    def setUp(self):
        super().setUp()
        os.symlink(TESTCARD, self.path('a.gif'))

    def test_may_fail_in_info_text(self):
        self.try_all('info', '--each', 'a.gif')

    def test_may_fail_in_info_json(self):
        self.try_all('info', '--json', '--each', 'a.gif')

    def test_may_fail_in_formats(self):
        self.try_all('formats')

    def test_may_fail_in_plugins(self):
        self.try_all('plugins')

    def test_may_fail_in_explain(self):
        self.try_all('explain', 'a.gif')

    def test_may_fail_in_help(self):
        self.try_all('help', 'gif')

    def test_may_fail_in_conversion_to_raw(self):
        self.try_all('convert', 'a.gif', 'b.raw', *FEW, '--threads', '1', output='b.raw')

    def test_may_fail_in_conversion_to_gif(self):
        self.try_all('convert', 'a.gif', 'b.gif', '--duration', '0.1,0.2,0.3', *FEW, '--threads', '1', output='b.gif')

    def test_may_fail_in_batch(self):
        few = (*FEW, '--to', 'raw', '--name', 'b', '-d', '.', '-q')
        self.try_all('batch', 'a.gif', *few, '-j', '1', '--threads', '1', output='b.raw')

    def test_may_fail_in_threads(self):
        self.try_all('convert', 'a.gif', 'b.raw', *FEW, '--threads', '2', output='b.raw')


tap.main()
