# SPDX-License-Identifier: MIT
"""valgrind has nothing to say, and the public layout is the same where words have 32 bits."""

import os
import subprocess

import tap
from faults import FaultCase

INCLUDE = os.environ['MIM_INCLUDE']
SANITIZED = os.environ['MIM_FAULT_SANITIZED'] == 'yes'


class Hygiene(FaultCase):
    def valgrind(self, *args):
        env = self.environment({})
        del env['LD_PRELOAD']
        done = subprocess.run(['valgrind', '-q', '--error-exitcode=99', '--leak-check=full',
                               '--errors-for-leak-kinds=definite,indirect', os.environ['MIM'], *args],
                              env=env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=300)
        said = done.stderr.decode('utf-8', 'replace')
        self.assertEqual(done.returncode, 0, said)
        self.assertNotIn('==', said)

    if not SANITIZED:  # the sanitizers look for the same, and do not run under valgrind
        def test_valgrind_is_silent(self):
            for name in self.inputs('.gif', '.tif', '.raw'):
                shape = self.shape(name)
                with self.subTest(f'info {name}'):
                    self.valgrind('info', '--each', *shape, name)
                with self.subTest(f'convert {name}'):
                    self.valgrind('convert', *shape, name, '-', '--to', 'raw')
            for target in ('gif', 'tiff'):
                with self.subTest(f'convert to {target}'):
                    self.valgrind('convert', 'by-hand.gif', '-', '--to', target)
                    self.valgrind('convert', *self.shape('samples.raw'), 'samples.raw', '-', '--to', target)

    def test_layouts_hold_in_32_bits(self):
        program = ''.join(f'#include <mim/{name}>\n' for name in sorted(os.listdir(os.path.join(INCLUDE, 'mim'))))
        done = subprocess.run(['gcc', '-m32', '-std=gnu17', '-Wall', '-Wextra', '-Werror', '-I', INCLUDE,
                               '-D_GNU_SOURCE', '-fsyntax-only', '-x', 'c', '-'], input=program, text=True,
                              capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)


tap.main()
