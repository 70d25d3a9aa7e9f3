#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mim plugin check: a good plugin passes, and each faulty one fails the tests that are for its fault, and no others."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import tap

MANIFEST = '''[plugin]
manifest = 1
name     = toy
version  = 1.0
abi      = 1.0
license  = MIT
[format toy]
title      = Toy
extensions = toy
magic      = 0:544f5931
read       = multi animation seek
write      = multi animation
'''

# Each fault of toy.c, and the tests that fail.
FAULTS = {
    'none': [],
    'exports_more': ['exports the entry only'],
    'links_libmim': ['needs no libmim', 'no path for libraries', 'prints nothing'],  # in the build tree, libmim is found by a path
    'binds_later': ['binds functions at once'],
    'relocates_code': ['no relocations in code'],
    'has_a_path': ['no path for libraries'],
    'has_no_note': ['a note'],
    'prints': ['prints nothing'],
    'changes_directory': ['same working directory'],
    'changes_umask': ['same umask'],
    'changes_locale': ['same locale'],
    'catches_signals': ['same signals'],
    'leaves_descriptors': ['same descriptors'],
    'leaves_threads': ['no thread left'],
    'changes_environment': ['same environment'],
    'refuses_larger_hosts': ['reads with a larger host', 'writes with a larger host'],
    'clears_structs': ['reads with larger structs'],
    'miscounts': ['counts as many frames as it reads', 'same frames backwards'],
    'ignores_indices': ['same frames backwards', 'survives refused memory when reading'],
    'overwrites_gaps': ['same frames with gaps between rows'],
    'ends_streams': ['same frames from a stream'],
    'closes_badly': ['closes at any time', 'gives back memory after reading'],
    'inverts_when_writing': ['reads what it writes'],
    'stretches_time': ['keeps timing'],
    'abandons_badly': ['abandons at any time', 'gives back memory after writing', 'survives refused memory when writing'],
    'hides_cuts': ['reports a file that is cut'],
    'trusts_flags': ['survives flipped bits'],
    'hangs': ['reports a file that is cut', 'survives flipped bits'],
    'trusts_allocations': ['survives refused memory when reading'],
    'trusts_allocations_when_writing': ['survives refused memory when writing'],
    'ignores_cancelling': ['stops reading when cancelled'],
    'writes_behind_state': ['reads inside its state and packets'],
    'writes_behind_packets': ['reads inside its state and packets'],
    'leaks_packets': ['gives back memory after reading', 'stops reading when cancelled', 'survives refused memory when reading'],
    'leaks_when_writing': ['gives back memory after writing'],
}


class Check(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='check-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def install(self, fault, manifest=MANIFEST):
        shutil.copy(os.path.join(os.environ['MIM_TEST_MODULES'], f'toy-{fault}.so'), os.path.join(self.folder, 'toy.so'))
        path = os.path.join(self.folder, 'toy.ini')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(manifest)
        os.chmod(path, 0o644)
        return os.path.join(self.folder, 'toy.so')

    def check(self, *args):
        return subprocess.run([os.environ['MIM'], 'plugin', 'check', *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                              encoding='utf-8', timeout=600)

    def failures(self, path, *args):
        """Return {test: message} of the tests that fail."""
        done = self.check('--json', path, *args)
        plugin, = json.loads(done.stdout)
        failed = {test['test']: test['message'] for test in plugin['tests'] if test['result'] == 'failed'}
        self.assertEqual(done.returncode, 3 if failed else 0, done.stderr)
        return failed

    def test_each_fault_fails_its_tests(self):
        for fault, expected in FAULTS.items():
            with self.subTest(fault):
                failed = self.failures(self.install(fault), *(['--seconds', '1'] if fault == 'hangs' else []))
                if os.environ['MIM_SANITIZED'] == 'yes':  # they find more
                    self.assertEqual(set(expected) - set(failed), set(), failed)
                else:
                    self.assertEqual(sorted(expected), sorted(failed), failed)

    def test_names_the_nearest_key_with_its_line(self):
        for line, words in (('extentions = toy', ':9: unknown key extentions: is extensions meant?'),
                            ('[formt other]\nread = multi', ':10: unknown section formt: is format meant?'),
                            ('read = mutli', ':9: unknown ability mutli: is multi meant?')):
            manifest = MANIFEST.replace('extensions = toy', line)
            failed = self.failures(self.install('none', manifest))
            self.assertIn(words, failed['known sections, keys and abilities'])

    def test_stops_at_a_manifest_that_differs_from_the_note(self):
        failed = self.failures(self.install('none', MANIFEST.replace('MIT', 'BSD-2-Clause')))
        self.assertEqual(list(failed), ['accepted, and equal to the note'])
        self.assertIn('license = BSD-2-Clause', failed['accepted, and equal to the note'])

    def test_prints_tap_with_a_plan(self):
        self.install('hides_cuts')
        done = self.check(self.folder)
        lines = done.stdout.splitlines()
        results = [line for line in lines if line.startswith(('ok ', 'not ok '))]
        self.assertEqual(lines[-1], f'1..{len(results)}')
        number = results.index(next(line for line in results if line.startswith('not ok'))) + 1
        self.assertIn(f'not ok {number} - toy hostile: reports a file that is cut, written.toy', done.stdout)
        self.assertIn('without an error or a notice', done.stdout)

    def test_lets_known_failures_pass(self):
        done = self.check('--todo', 'is cut, written.toy', self.install('hides_cuts'))
        self.assertEqual(done.returncode, 0)
        self.assertRegex(done.stdout, 'not ok .* reports a file that is cut, written.toy # TODO\n')

    def test_reads_samples(self):
        samples = os.path.join(self.folder, 'samples')
        os.mkdir(samples)
        with open(os.path.join(samples, 'one.toy'), 'wb') as file:
            file.write(b'TOY1\x02\0\x01\0\0F\x05\0abcdefE')
        with open(os.path.join(samples, 'other.txt'), 'wb') as file:
            file.write(b'something else')
        done = self.check('--json', '--thorough', '--samples', samples, self.install('none'))
        tests = json.loads(done.stdout)[0]['tests']
        self.assertEqual({test['object'] for test in tests}, {None, 'toy', 'one.toy'})
        self.assertEqual({test['result'] for test in tests}, {'passed'})
        reading, = [test for test in tests if test['test'] == 'reads frames']
        self.assertEqual(reading['message'], '1 frames of 2x1')

    def test_refuses_what_is_no_plugin(self):
        for path, words in (('/nowhere', 'No such file'), (self.folder, 'has no manifest'), (__file__, 'expected a directory')):
            done = self.check(path)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn(words, done.stderr)


tap.main()
