# SPDX-License-Identifier: MIT
"""tools/dev/check-commits: the subjects it accepts and refuses, and when it is skipped."""

import os
import shutil
import subprocess
import tempfile
import unittest

import tap

CHECK = os.path.join(os.environ['MIM_SOURCE'], 'tools', 'dev', 'check-commits')
SKIPPED = 77


class Commits(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix='commits-'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, 'tools', 'dev'))
        shutil.copy(CHECK, os.path.join(self.folder, 'tools', 'dev'))

    def git(self, *args):
        env = {**os.environ, 'HOME': self.folder, 'GIT_CONFIG_NOSYSTEM': '1'}
        for role in ('AUTHOR', 'COMMITTER'):
            env.update({f'GIT_{role}_NAME': 'a', f'GIT_{role}_EMAIL': 'a@localhost'})
        done = subprocess.run(['git', *args], cwd=self.folder, env=env, check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def commit(self, subject):
        self.git('commit', '-q', '--allow-empty', '-m', subject)
        return self.git('rev-parse', 'HEAD')

    def check(self, *args):
        """The exit status and the output of check-commits."""
        done = subprocess.run([os.path.join(self.folder, 'tools', 'dev', 'check-commits'), *args], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True)
        return done.returncode, done.stdout

    def test_accepts_the_usual_form(self):
        self.git('init', '-q')
        base = self.commit('anything goes before the base')
        for subject in ('gif: choose transparent pixels by trial compression', 'core/io: rename a file', 'docs: add x',
                        'core: wash areas, not whatever whose tolds', 'x: ' + 'é' * 57):
            self.commit(subject)
        self.assertEqual(self.check(base), (0, ''))

    def test_refuses_other_subjects(self):
        self.git('init', '-q')
        for subject, fault in (('choose pixels', 'form'), ('Gif: choose pixels', 'form'), ('gif:choose pixels', 'form'),
                               ('gif: Choose pixels', 'upper case'), ('io, tests: rename a file', 'form'), ('gif: choose pixels.', 'full stop'),
                               ('x: ' + 'y' * 58, '61 columns'), ('core: what is lost is told', '"what"'),
                               ('tests: nobody waits', '"nobody"'), ('core: report frames that were lost', '"were"')):
            with self.subTest(subject):
                base = self.commit('base')
                self.commit(subject)
                status, output = self.check(base)
                self.assertEqual(status, 1, output)
                self.assertIn(fault, output)
                self.assertEqual(output.count('\n'), 1)

    def test_is_skipped_without_history(self):
        self.assertEqual(self.check()[0], SKIPPED)
        self.git('init', '-q')
        self.commit('first')
        status, output = self.check()
        self.assertEqual(status, SKIPPED)
        self.assertIn('skipped: the history does not reach', output)


tap.main()
