# SPDX-License-Identifier: MIT
"""valgrind reports nothing, and public structs have the same layout on 32-bit machines."""

import glob
import os
import subprocess

import tap
from faults import PATIENCE, FaultCase

INCLUDE = os.environ['MIM_INCLUDE']
SANITIZED = os.environ['MIM_FAULT_SANITIZED'] == 'yes'


class Hygiene(FaultCase):
    def valgrind(self, *args):
        env = self.environment({})
        del env['LD_PRELOAD']
        done = subprocess.run(['valgrind', '-q', '--error-exitcode=99', '--leak-check=full',
                               '--errors-for-leak-kinds=definite,indirect', os.environ['MIM'], *args],
                              env=env, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=PATIENCE)
        printed = done.stderr.decode('utf-8', 'replace')
        self.assertEqual(done.returncode, 0, printed)
        self.assertNotIn('==', printed)

    if not SANITIZED:  # sanitizers find the same errors, and do not run under valgrind
        def test_valgrind_reports_nothing(self):
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

    def test_layouts_are_the_same_in_32_bits(self):
        if self.compile_for_32_bits('#include <stdint.h>\n').returncode:
            self.skipTest('gcc does not compile for 32 bits here')
        headers = sorted(glob.glob('mim/**/*.h', root_dir=INCLUDE, recursive=True))
        self.assertIn('mim/plugin.h', headers)
        done = self.compile_for_32_bits(''.join(f'#include <{name}>\n' for name in headers))
        self.assertEqual(done.returncode, 0, done.stderr)

    def compile_for_32_bits(self, program):
        return subprocess.run(['gcc', '-m32', '-std=gnu17', '-Wall', '-Wextra', '-Werror', '-I', INCLUDE, '-D_GNU_SOURCE',
                               '-fsyntax-only', '-x', 'c', '-'], input=program, text=True, capture_output=True, timeout=PATIENCE)


tap.main()
