# SPDX-License-Identifier: MIT
"""Runs a unittest module and prints TAP, with a line per case and subtest.

Skipped cases have a line with the reason. If a program or module is missing, cases fail instead of being skipped.
"""

import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    """Prints each result at once, followed by the exception of a failed case as comments."""

    def __init__(self, stream):
        super().__init__()
        self.stream = stream
        self.count = 0
        self.failed = 0

    def _line(self, test, err=None):
        self.count += 1
        name = _name(test)
        if err is None:
            self.stream.write(f'ok {self.count} - {name}\n')
        else:
            self.failed += 1
            self.stream.write(f'not ok {self.count} - {name}\n')
            for line in _story(err):
                self.stream.write(f'# {line}\n')
        self.stream.flush()

    def addSuccess(self, test):
        self._line(test)

    def addFailure(self, test, err):
        self._line(test, err)

    def addError(self, test, err):
        self._line(test, err)

    def addSubTest(self, test, subtest, err):
        self._line(subtest, err)

    def addSkip(self, test, reason):
        self.count += 1
        self.stream.write(f'ok {self.count} - {_name(test)} # SKIP {reason}\n')
        self.stream.flush()

    def addExpectedFailure(self, test, err):
        self._line(test, err)

    def addUnexpectedSuccess(self, test):
        self._line(test)


def _name(test):
    """Return the method's name in words, and the parameters of a subtest."""
    text = str(test).split(' (', 1)[0].removeprefix('test_').replace('_', ' ')
    if hasattr(test, 'test_case'):
        text = test.test_case._testMethodName.removeprefix('test_').replace('_', ' ')
        details = [test._message] if isinstance(test._message, str) else []
        details += [f'{key}={value}' for key, value in test.params.items()]
        text += ': ' + ' '.join(details)
    return text.replace('#', '%').replace('\n', ' ')


def _story(err):
    kind, value, trace = err
    lines = []
    if trace is not None:
        last = [frame for frame in traceback.extract_tb(trace) if '/unittest/' not in frame.filename]
        lines += [f'{frame.filename.rsplit("/", 1)[-1]}:{frame.lineno}: {frame.line}' for frame in last[-4:]]
    lines += f'{kind.__name__ if kind else ""}: {value}'.splitlines()
    return lines[:40]


def main():
    """Run the cases of the calling script and exit with 0 if all pass. Arguments select cases by a part of their names."""
    sys.stdout.reconfigure(errors='replace')
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules['__main__'])
    words = sys.argv[1:]
    result = TapResult(sys.stdout)
    for test in _cases(suite):
        if not words or any(word in str(test) for word in words):
            unittest.TestSuite([test]).run(result)
    print(f'1..{result.count}')
    if result.count == 0:
        print('Bail out! no cases')
    sys.exit(1 if result.failed or result.count == 0 else 0)


def _cases(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _cases(test)
        else:
            yield test
