# SPDX-License-Identifier: MIT
"""Run every command and program in the documentation, and compare the output shown.

In a page, ```console has commands after "$ " and their output, in which "..." matches anything, and a line "..." any lines. <!-- run -->
before ```sh runs a script; <!-- run in the checkout --> runs it next to the source's tests/. <!-- path --> before a block names the file
that it is a copy of, and <!-- part of path --> the file that it is an excerpt of. Commands after <!-- with packages --> need the Debian packages
of mim: tools/dev/check-packages installs these, and runs the page that it names in MIM_PAGE with all of its commands.
"""

import os
import re
import shutil
import subprocess
import tempfile
import unittest

import tap

SOURCE = os.environ['MIM_SOURCE']
PAGE = os.environ.get('MIM_PAGE')
FENCE = re.compile(r'(?:^<!-- (?P<note>[^\n]*) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$', re.M | re.S)
INSTALLS = re.compile(r'^(tools/try|sudo ninja) .*\n', re.M) # tools/dev/check-install runs these
MARK = '@@ end of a command, status '


def pages():
    if PAGE:
        yield PAGE
        return
    yield from ('README.md', 'CONTRIBUTING.md')
    for folder in ('docs', 'docs/news'):
        for name in sorted(os.listdir(os.path.join(SOURCE, folder))):
            if name.endswith('.md'):
                yield f'{folder}/{name}'


def read(name):
    with open(os.path.join(SOURCE, name), encoding='utf-8') as file:
        return file.read()


def blocks(page):
    return [(found['note'] or '', found['language'], found['text']) for found in FENCE.finditer(read(page))]


def commands(text):
    """Return [(command, expected output)] of a session. A backslash continues a command on the next line."""
    steps = []
    for line in text.splitlines():
        if line.startswith('$ '):
            steps.append([line[2:], ''])
        elif steps and steps[-1][0].endswith('\\'):
            steps[-1][0] += '\n' + line
        else:
            steps[-1][1] += line + '\n'
    return steps


def pattern(expected):
    lines = []
    for line in expected.splitlines():
        lines.append(r'(?:.*\n)*?' if line == '...' else '.*'.join(re.escape(part) for part in line.split('...')) + r'\n')
    return ''.join(lines)


class Pages(unittest.TestCase):
    def run_script(self, script, checkout=False):
        """Run a script in an empty directory with a.gif, mim in PATH and, with `checkout`, tests/. Return its status and output."""
        folder = tempfile.mkdtemp(prefix='pages-')
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        shutil.copy(os.path.join(SOURCE, 'tests/data/testcard.gif'), os.path.join(folder, 'a.gif'))
        if checkout:
            os.symlink(os.path.join(SOURCE, 'tests'), os.path.join(folder, 'tests'))
        env = {**os.environ, 'HOME': '/nonexistent', 'XDG_CONFIG_HOME': '/nonexistent', 'LC_ALL': 'C.UTF-8',
               'PATH': os.path.dirname(os.environ['MIM']) + ':' + os.environ['PATH']}
        done = subprocess.run(['bash', '-c', 'umask 022\n' + script], cwd=folder, env=env, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300)
        return done.returncode, done.stdout.decode('utf-8', errors='replace')

    def test_sessions_print_the_output_shown(self):
        for page in pages():
            steps = [step for note, language, text in blocks(page) if language == 'console' and (PAGE or note != 'with packages')
                     for step in commands(text)]
            if not steps:
                continue
            script = '\n'.join(f'{command}\necho "{MARK}$?"' for command, _ in steps)
            _, printed = self.run_script(script)
            outputs = re.split(re.escape(MARK) + r'(\d+)\n', printed)
            for i, (command, expected) in enumerate(steps):
                with self.subTest(page=page, command=command):
                    output, status = outputs[2 * i], outputs[2 * i + 1]
                    self.assertEqual(status, '0', output)
                    self.assertRegex(output, '^' + pattern(expected) + r'\Z', f'shown:\n{expected}\nprinted:\n{output}')

    def test_scripts_run(self):
        for page in pages():
            for note, language, text in blocks(page):
                if language == 'sh':
                    with self.subTest(page=page, script=text.splitlines()[0]):
                        self.assertIn(note, ('run', 'run in the checkout'))
                        text = INSTALLS.sub('', text)
                        status, printed = self.run_script('set -e\n' + text, note == 'run in the checkout')
                        self.assertEqual(status, 0, printed)

    def test_copies_equal_their_files(self):
        for page in pages():
            for note, language, text in blocks(page):
                if language not in ('c', 'cpp', 'meson', 'ini'):
                    continue
                with self.subTest(page=page, block=note):
                    self.assertTrue(note, 'the page does not name the file')
                    name = note.removeprefix('part of ')
                    whole = re.sub(r'\A(/\*|#) SPDX-.*\n', '', read(name))
                    if note.startswith('part of '):
                        self.assertIn(text, whole)
                    else:
                        self.assertEqual(text, whole)

    def test_links_have_targets(self):
        for page in pages():
            for target in re.findall(r'\]\(([^)#:]+)\)', read(page)):
                with self.subTest(page=page, target=target):
                    self.assertTrue(os.path.exists(os.path.join(SOURCE, os.path.dirname(page), target)))


tap.main()
