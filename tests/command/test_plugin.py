# SPDX-License-Identifier: MIT
"""Tests of `mim plugin new`: the plugin that it writes, as built by meson and by make."""

import json
import os
import shutil
import subprocess
import unittest

import tap

from command import TESTCARD, CommandCase, text


class New(CommandCase):
    def run_tool(self, *args, **more):
        env = self.environment(PKG_CONFIG_PATH=os.environ['MIM_UNINSTALLED'], CFLAGS='-O1 -Wall -Wextra -Werror')
        done = subprocess.run(args, cwd=self.folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)
        self.assertEqual(done.returncode, 0, f'{" ".join(args)}: {text(done.stdout)}')

    def build(self, name='flk'):
        """Write a plugin and build it with make. Later runs of mim find it."""
        self.mim('plugin', 'new', name)
        self.run_tool('make', '-C', name, f'{name}.so')
        self.plugins = os.path.join(self.folder, name) + ':' + os.environ['MIM_PLUGIN_PATH']

    def environment(self, **more):
        return super().environment(**{'MIM_PLUGIN_PATH': getattr(self, 'plugins', os.environ['MIM_PLUGIN_PATH']), **more})

    def test_writes_a_plugin_that_make_builds_and_tests(self):
        self.mim('plugin', 'new', 'flk')
        self.run_tool('make', '-C', 'flk', 'check')
        self.run_tool('make', '-C', 'flk', 'install', 'DESTDIR=' + self.path('root'))
        installed = [os.path.join(folder, name) for folder, _, names in os.walk(self.path('root')) for name in names]
        self.assertEqual(sorted(map(os.path.basename, installed)), ['flk.ini', 'flk.so'])
        self.assertTrue(all('/mim-1/' in path for path in installed))

    def test_writes_a_plugin_that_meson_builds_and_tests(self):
        for language in ('c', 'c++'):
            with self.subTest(language):
                shutil.rmtree(self.path('flk'), ignore_errors=True)
                self.mim('plugin', 'new', 'flk', '--lang', language)
                self.run_tool('meson', 'setup', '-Dwerror=true', 'flk/build', 'flk')
                self.run_tool('ninja', '-C', 'flk/build', 'test')
                env = {'MIM_PLUGIN_PATH': self.path('flk/build') + ':' + os.environ['MIM_PLUGIN_PATH']}
                self.assertRegex(text(self.mim('plugins', 'flk', env=env)), r'(?m)^  state  *ready$')

    def test_writes_packaging_without_blanks_to_fill_in(self):
        self.mim('plugin', 'new', 'flk')
        files = {os.path.relpath(os.path.join(folder, name), self.path('flk')): self.get(os.path.join(folder, name))
                 for folder, _, names in os.walk(self.path('flk')) for name in names}
        self.assertLessEqual({'mim-flk.spec', 'debian/changelog', 'debian/control', 'debian/copyright', 'debian/rules',
                              'debian/source/format'}, set(files))
        for name, content in files.items():
            self.assertNotRegex(content, rb'@(?!INPUT|OUTPUT)[A-Z]+@', name)
        self.assertRegex(text(files['debian/changelog']), r'\n -- .* <.*>  \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000\n$')
        self.assertTrue(os.access(self.path('flk/debian/rules'), os.X_OK))

    def test_its_cxx_builds_with_make(self):
        self.mim('plugin', 'new', 'a-b', '--lang', 'c++')
        self.run_tool('make', '-C', 'a-b', 'check', 'a-b.so', 'CXXFLAGS=-Wall -Wextra -Werror')

    def test_its_plugin_passes_the_checker(self):
        for language in ('c', 'c++'):
            with self.subTest(language):
                shutil.rmtree(self.path('flk'), ignore_errors=True)
                self.mim('plugin', 'new', 'flk', '--lang', language)
                self.run_tool('make', '-C', 'flk', 'flk.so')
                done = self.run_mim('plugin', 'check', '--thorough', 'flk')
                self.assertEqual(done.returncode, 0, text(done.stdout))
                self.assertGreater(done.stdout.count(b'\nok '), 40)

    def test_its_plugin_keeps_pixels_timing_loop_and_comment(self):
        self.build()
        self.mim('convert', '-q', TESTCARD, 'a.gif', '--duration', ','.join(f'{0.02 * (i + 1):.2f}' for i in range(12)),
                 '--loop', '3', '-o', 'comment=hello')
        expected = self.raw('a.gif')
        for coding in ('runs', 'plain'):
            with self.subTest(coding):
                printed = self.run_mim('convert', '-f', 'a.gif', 'a.flk', '-o', f'coding={coding}')
                self.assertEqual((printed.returncode, text(printed.stderr)), (0, ''))
                facts = json.loads(self.mim('info', '--json', '--each', 'a.flk'))[0]
                self.assertEqual([frame['duration'] for frame in facts['each']], [round(0.02 * (i + 1), 2) for i in range(12)])
                self.assertEqual((facts['format'], facts['frames'], facts['loop']), ('flk', 12, 3))
                self.assertEqual(facts['metadata']['comment'], 'hello')
                for args in ((), ('--threads', '1'), ('--threads', '8'), ('--memory', '1MB')):
                    self.assertEqual(self.raw('a.flk', *args), expected, args)

    def test_its_plugin_reads_in_any_order_and_from_pipes(self):
        self.build()
        self.mim('convert', '-q', TESTCARD, 'a.flk')
        for frames in ('::-1', '5,0,11,3,3'):
            for limits in ((), ('--memory', '1MB')):
                with self.subTest(frames, limits=limits):
                    self.assertEqual(self.raw('a.flk', '--frames', frames, *limits), self.raw(TESTCARD, '--frames', frames))
        self.assertEqual(self.mim('convert', '-', '-', '--to', 'raw', data=self.get('a.flk')), self.raw(TESTCARD))
        self.assertEqual(self.mim('convert', '-q', 'a.flk', '-', '--to', 'flk'), self.get('a.flk'))

    def test_its_plugin_reads_a_pipe_byte_by_byte(self):
        self.build()
        self.mim('convert', '-q', TESTCARD, 'a.flk', '--frames', '0,1')
        process = self.start('convert', '-q', '-', 'b.flk', stdin=subprocess.PIPE)
        for byte in self.get('a.flk'):
            os.write(process.stdin.fileno(), bytes([byte]))
        process.stdin.close()
        self.assertEqual(process.wait(), 0)
        self.assertEqual(self.get('b.flk'), self.get('a.flk'))

    def test_its_plugin_reports_damage(self):
        self.build()
        self.mim('convert', '-q', TESTCARD, 'a.flk', '--frames', ':3')
        whole = self.get('a.flk')
        for size in (*range(12, 60, 7), *range(60, len(whole), len(whole) // 20), len(whole) - 1):
            with self.subTest(size=size):
                self.put('cut.flk', whole[:size])
                self.assertIn('the file ends at byte', self.refuse(6, 'convert', 'cut.flk', '-', '--to', 'raw'))

    def test_refuses_existing_directories_and_strange_names(self):
        os.mkdir(self.path('here'))
        self.refuse(7, 'plugin', 'new', 'here')
        self.assertEqual(os.listdir(self.path('here')), [])
        for args in (['Flk'], ['a/b'], ['-x'], [''], ['a' * 32], ['flk', '--lang', 'rust']):
            with self.subTest(args):
                self.refuse(2, 'plugin', 'new', *args)
        self.assertEqual(os.listdir(self.folder), ['here'])


tap.main()
