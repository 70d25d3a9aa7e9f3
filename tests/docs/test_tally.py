# SPDX-License-Identifier: MIT
"""tools/dev/tally: what it counts, and what it shows of failures and of skipped cases."""

import json
import os
import subprocess
import sys
import tempfile
import unittest

import tap

TALLY = os.path.join(os.environ['MIM_SOURCE'], 'tools', 'dev', 'tally')


class Tally(unittest.TestCase):
    def run_tally(self, name, content):
        """Its lines, and the exit status."""
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, name)
            with open(path, 'w', encoding='utf-8') as file:
                file.write(content)
            done = subprocess.run([sys.executable, TALLY, path], stdout=subprocess.PIPE, text=True)
        return done.stdout.replace(path, name).splitlines(), done.returncode

    def of_tests(self, *tests):
        return self.run_tally('testlog.json', ''.join(json.dumps(test) + '\n' for test in tests))

    def test_counts_cases(self):
        log = {'name': 'one', 'result': 'OK', 'stdout': '1..2\nok 1 - a\nok 2 - b\n'}
        self.assertEqual(self.of_tests(log, {'name': 'silent', 'result': 'OK'}), (['3 passed, 0 failed'], 0))

    def test_shows_comments_around_a_failure(self):
        out = '1..4\n# of a\nok 1 - a\n# said in b\nnot ok 2 - b\n# 1 != 2\n# b.c:5\nnot ok 3 - c\n# c.c:7\nok 4 - d\n# the end\n'
        self.assertEqual(self.run_tally('x.tap', out), ([
            'failed: x.tap: 2 - b', '    # said in b', '    # 1 != 2', '    # b.c:5',
            'failed: x.tap: 3 - c', '    # c.c:7', '2 passed, 2 failed'], 1))

    def test_caps_the_comments_of_a_case(self):
        lines, code = self.run_tally('x.tap', 'not ok 1 - a\n' + ''.join(f'# line {i}\n' for i in range(50)) + '1..1\n')
        self.assertEqual((len(lines), lines[-3:], code), (
            23, ['    # line 19', '    # ... 30 more lines', '0 passed, 1 failed'], 1))

    def test_shows_the_end_of_what_a_dead_program_said(self):
        stderr = ''.join(f'line {i}\n' for i in range(50)) + 'Segmentation fault\n'
        lines, code = self.of_tests({'name': 'dead', 'result': 'FAIL', 'stdout': '1..3\nok 1 - a\n', 'stderr': stderr})
        self.assertEqual(lines[:2], ['failed: dead: 2 cases did not run', '    # ... 31 more lines'])
        self.assertEqual((lines[-2:], code), (['    # Segmentation fault', '1 passed, 2 failed'], 1))

    def test_shows_standard_error_below_the_last_failure(self):
        out = '1..3\nnot ok 1 - a\n# a.c:1\nnot ok 2 - b\nok 3 - c\n# not ok - all\n'
        lines, code = self.of_tests({'name': 'x', 'result': 'FAIL', 'stdout': out, 'stderr': 'ERROR: frame 3\n'})
        self.assertEqual((lines, code), (['failed: x: 1 - a', '    # a.c:1', 'failed: x: 2 - b', '    # ERROR: frame 3',
                                          '1 passed, 2 failed'], 1))

    def test_shows_why_a_program_failed_whose_cases_passed(self):
        log = {'name': 'leaky', 'result': 'FAIL', 'stdout': '1..1\nok 1 - a\n', 'stderr': 'leak of 5 bytes\n'}
        self.assertEqual(self.of_tests(log), (['failed: leaky: FAIL', '    # leak of 5 bytes', '1 passed, 1 failed'], 1))

    def test_lists_skipped_cases_with_reasons(self):
        out = '1..3\nok 1 - a # SKIP no terminal\n# skipped: only root\nok 2 - b\nnot ok 3 # SKIP c\n'
        self.assertEqual(self.of_tests({'name': 't', 'result': 'OK', 'stdout': out}, {'name': 'u', 'result': 'SKIP'}), (
            ['skipped: t: 1 - a: no terminal', 'skipped: t: 2 - b: only root', 'skipped: t: 3: c',
             'skipped: u: the whole test', '0 passed, 0 failed, 4 skipped'], 0))

    def test_lists_known_failures_as_skipped(self):
        out = '1..3\nnot ok 1 - a # TODO\n#   cut to 5 bytes\n#   more\nok 2 - b # TODO\nok 3 - c\n'
        self.assertEqual(self.run_tally('x.tap', out), ([
            'skipped: x.tap: 1 - a: known to fail: cut to 5 bytes', '2 passed, 0 failed, 1 skipped'], 0))

    def test_counts_a_test_out_of_time(self):
        lines, code = self.of_tests({'name': 'slow', 'result': 'TIMEOUT', 'stdout': 'ok 1 - a\n', 'stderr': ''})
        self.assertEqual((lines[0], lines[-1], code), ('failed: slow: TIMEOUT', '1 passed, 1 failed', 1))

    def test_fails_without_a_result(self):
        self.assertEqual(self.run_tally('x.tap', ''), (['failed: x.tap: no results', '0 passed, 1 failed'], 1))


tap.main()
