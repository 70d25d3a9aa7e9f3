# SPDX-License-Identifier: MIT
"""Contests: several programs do the same job on the same input, in turns, and a table shows their times."""

import operator
import os
import statistics
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.environ.get('MIM_BENCH_PROGRAMS', '')
MIM = os.environ.get('MIM', 'mim')
PYTHON = ['/usr/bin/python3', os.path.join(HERE, 'peer.py')]  # Debian's, which has the peers' packages


class Unfit(Exception):
    """A contestant is left out, because it failed or its result differs."""


def program(name):
    return os.path.join(PROGRAMS, 'bench-' + name)


def last_line(text):
    lines = text.decode(errors='replace').strip().splitlines()
    return lines[-1] if lines else ''


def run(*command):
    """Return the standard output of a command, which must succeed."""
    done = subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=1800)
    if done.returncode != 0:
        raise Unfit(last_line(done.stderr) or f'exit {done.returncode}')
    return done.stdout


def digest(command, layout, row_bytes, height):
    """Return (frames, sum, mean byte) of the packed pixels that a command prints."""
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=complaints) as printing:
            printed = subprocess.run([program('digest'), layout, str(row_bytes), str(height)], stdin=printing.stdout,
                                  stdout=subprocess.PIPE, check=True).stdout
        complaints.seek(0)
        if printing.returncode != 0:
            raise Unfit(last_line(complaints.read()) or f'exit {printing.returncode}')
    return tuple(printed.decode().split())


class Run:
    """A measurement."""

    def __init__(self, wall_ms, cpu_ms, peak_mb=0.0, status=0):
        self.wall_ms, self.cpu_ms, self.peak_mb, self.status = wall_ms, cpu_ms, peak_mb, status


class Loop:
    """A program that measures its decoding without its start; see loop.h."""

    def __init__(self, name, *command):
        self.name, self.command = name, command

    def answer(self):
        return tuple(run(*self.command).decode().split()[:3])

    def measure(self):
        *_, wall, cpu = run(*self.command).decode().split()
        return Run(int(wall) / 1e6, int(cpu) / 1e6)


class Process:
    """A whole program, measured from start to end. `check` returns a result to compare."""

    def __init__(self, name, *command, check=None, output='/dev/null', times=1, may_fail=False):
        self.name, self.command, self.check = name, command, check
        self.output, self.times, self.may_fail = output, times, may_fail

    def answer(self):
        return self.check() if self.check else None

    def measure(self):
        printed = run(program('measure'), self.times, self.output, *self.command)
        wall, cpu, peak, status = printed.decode().split()
        if int(status) != 0 and not self.may_fail:
            raise Unfit(f'exit {status}')
        return Run(int(wall) / 1e6, int(cpu) / 1e6, int(peak) * 1024 / 1e6, int(status))


def say(text):
    """Print progress to standard error, because standard output is for the tables."""
    print(text, file=sys.stderr, flush=True)


def alike(answer, expected):
    """Whether two answers have as many frames and similar means: by default FFmpeg converts YUV up to 1.2 levels too dark."""
    return answer[0] == expected[0] and abs(float(answer[2]) - float(expected[2])) <= 1.5


def fit(contestants, same):
    """Return the contestants with the same result as the first one, and the others with the reason."""
    good, bad, expected = [], {}, None
    for contestant in contestants:
        try:
            answer = contestant.answer()
            if answer is not None and expected is not None and not same(answer, expected):
                raise Unfit(f'another result: {answer} instead of {expected}')
            expected = expected if answer is None else expected or answer
            good.append(contestant)
        except (Unfit, OSError, subprocess.SubprocessError) as trouble:
            bad[contestant.name] = str(trouble)
            say(f'    {contestant.name} left out: {trouble}')
    return good, bad


class Results:
    """All runs of a contest on one input."""

    def __init__(self, contestants, rounds, clock, same=operator.eq):
        self.clock = clock
        good, self.left_out = fit(contestants, same)
        self.runs = {contestant.name: [] for contestant in good}
        for _ in range(rounds):
            for contestant in good:
                self.measure(contestant)

    def measure(self, contestant):
        if contestant.name in self.left_out:
            return
        try:
            self.runs[contestant.name].append(contestant.measure())
        except (Unfit, OSError, subprocess.SubprocessError) as trouble:
            self.leave_out(contestant.name, trouble)

    def leave_out(self, name, why):
        say(f'    {name} left out: {why}')
        self.runs.pop(name, None)
        self.left_out[name] = str(why)

    def times(self, name):
        return [getattr(run, self.clock + '_ms') for run in self.runs.get(name, [])]

    def median(self, name):
        return statistics.median(self.times(name))

    def ratio(self, name, reference):
        """Return the ratio to the reference's time: the median over the rounds, so that load affects both."""
        pairs = zip(self.times(name), self.times(reference))
        return statistics.median(mine / max(other, 1e-6) for mine, other in pairs)

    def peak_mb(self, name):
        return max(run.peak_mb for run in self.runs[name])

    def status(self, name):
        return self.runs[name][-1].status


def amount(value):
    """Format a number with three significant digits."""
    return f'{value:.0f}' if value >= 99.5 else f'{value:.1f}' if value >= 9.95 else f'{value:.2f}'


def cell(results, name, reference):
    if name in results.left_out:
        return 'left out'
    if name not in results.runs:
        return ''
    text = amount(results.median(name))
    if name != reference and reference in results.runs:
        text += f' ({amount(results.ratio(name, reference))} ×)'
    return text


def table(columns, rows):
    """Format a table in Markdown, whose first column has text and the others figures."""
    lines = ['| ' + ' | '.join(columns) + ' |', '|' + '---|' + '--:|' * (len(columns) - 1)]
    return lines + ['| ' + ' | '.join(row) + ' |' for row in rows]


def reasons(by_input):
    """Return lines about contestants that are left out."""
    lines = [f'{name} on {column} is left out: {why}.' for column, results in by_input.items()
             for name, why in results.left_out.items()]
    return ['', *lines] if lines else []


def times_table(title, by_input, reference):
    """Format {column: Results} as a table of milliseconds, with the ratio to the reference's time in brackets."""
    names = list(dict.fromkeys(name for results in by_input.values() for name in [*results.runs, *results.left_out]))
    rows = [[name] + [cell(results, name, reference) for results in by_input.values()] for name in names]
    return table([f'{title}, ms', *by_input], rows) + reasons(by_input)
