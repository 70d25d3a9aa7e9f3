#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Plugins as files: dropped in, taken out, broken in every way; hints; and what is loaded when."""

import os
import re
import shutil
import subprocess

import numpy as np
from PIL import Image

import tap
from gifbytes import gif, image
from peers import PeerCase, mim_program, plugin_directories, text, tool

HERE = os.path.dirname(os.path.abspath(__file__))
GIF = gif(8, 6, image(np.arange(48).reshape(6, 8) % 4), palette=[(10, 20, 30), (255, 0, 0), (0, 255, 0), (0, 0, 255)])


class Registry(PeerCase):
    def setUp(self):
        super().setUp()
        self.gif = self.put('a.gif', GIF)
        self.plugins = self.path('plugins')
        os.mkdir(self.plugins, 0o755)
        self.env = {'MIM_PLUGIN_PATH': self.plugins + ':!'}

    def install(self, name, folder=None):
        """The whole installation: two files in a directory."""
        source = plugin_directories()
        self.assertIn(name, source, 'MIM_PLUGIN_PATH has no such plugin')
        for suffix in ('.so', '.ini'):
            shutil.copy(os.path.join(source[name], name + suffix), os.path.join(folder or self.plugins, name + suffix))

    def edit(self, name, change):
        path = os.path.join(self.plugins, name)
        with open(path, 'rb') as file:
            data = file.read()
        with open(path, 'wb') as file:
            file.write(change(data))

    def convert(self, path=None, **more):
        return self.run_mim('convert', path or self.gif, '-', '--to', 'raw', env=self.env, **more)

    def assertWorks(self):
        done = self.convert()
        self.assertEqual(done.returncode, 0, text(done.stderr))
        self.assertEqual(len(done.stdout), 8 * 6 * 3)

    def assertRefused(self, *words, code=3):
        """GIF cannot be read, for this reason; everything else goes on."""
        said = self.refuse(code, 'info', self.gif, env=self.env)
        for word in words:
            self.assertRegex(said, word)
        listed = text(self.mim('formats', env=self.env))
        self.assertRegex(listed, r'(?m)^raw\s.*ready')
        self.mim('plugins', env=self.env)
        return said

    # --- installing

    def test_two_files_in_a_directory_are_the_installation(self):
        self.install('raw')
        said = self.assertRefused('libmim-plugin-gif')
        self.assertIn('a.gif', said)
        self.install('gif')
        self.assertWorks()
        self.assertRegex(text(self.mim('formats', env=self.env)), r'(?m)^gif\s.*ready')
        for suffix in ('.so', '.ini'):
            os.unlink(os.path.join(self.plugins, 'gif' + suffix))
        self.assertRefused('libmim-plugin-gif')

    def test_hints_name_the_package(self):
        for name in ('raw', 'gif', 'tiff'):
            self.install(name)
        picture = Image.fromarray(np.zeros((16, 16, 3), np.uint8))
        for kind, save in (('png', 'PNG'), ('pdf', 'PDF'), ('webp', 'WEBP')):
            picture.save(self.path(f'x.{kind}'), save)
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'color=s=32x32:d=0.2', '-pix_fmt', 'yuv420p',
                      self.path('x.mp4'))
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'color=s=32x32:d=0.2', '-c:v', 'mpeg4',
                      self.path('x.avi'))
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'color=s=32x32:d=0.2', '-c:v', 'mpeg4',
                      self.path('x.mkv'))
        self.put('x.heic', bytes([0, 0, 0, 24]) + b'ftypheic' + bytes(4) + b'mif1heic' + bytes(40))
        for kind, plugin in (('png', 'png'), ('pdf', 'pdf'), ('webp', 'webp'), ('mp4', 'video'), ('avi', 'video'),
                             ('mkv', 'video')):
            with self.subTest(kind):
                said = self.refuse(3, 'info', self.path(f'x.{kind}'), env=self.env)
                self.assertIn(f'libmim-plugin-{plugin}', said)
                # content decides, not the name
                shutil.copy(self.path(f'x.{kind}'), self.path('unnamed'))
                self.assertIn(f'libmim-plugin-{plugin}', self.refuse(3, 'convert', self.path('unnamed'),
                                                                     self.path('o.gif'), env=self.env))
        for kind, title in (('heic', 'HEIF'),):
            with self.subTest(kind):
                shutil.copy(self.path(f'x.{kind}'), self.path('unnamed'))
                for args in (['info', self.path(f'x.{kind}')], ['convert', self.path('unnamed'), self.path('o.gif')]):
                    said = self.refuse(3, *args, env=self.env)
                    self.assertIn(f'this is {title}; no plugin for it is known to this build', said)
                    self.assertNotIn('libmim-plugin', said)
        self.assertIn('libmim-plugin-png', self.refuse(3, 'convert', self.gif, self.path('o.png'), env=self.env))
        self.assertRegex(text(self.mim('formats', env=self.env)), r'(?m)^png\s.*not installed')

    def test_an_unknown_format_and_a_missing_plugin_are_told_apart(self):
        self.install('raw')
        unknown = self.refuse(6, 'info', self.put('x', b'whatever this may be'), env=self.env)
        missing = self.refuse(3, 'info', self.gif, env=self.env)
        self.assertNotIn('install', unknown.lower())
        self.assertIn('install', missing.lower())

    # --- what is broken

    def broken(self):
        self.install('raw')
        self.install('gif')
        self.assertWorks()

    def test_truncated_modules(self):
        self.broken()
        whole = os.path.getsize(os.path.join(self.plugins, 'gif.so'))
        for size in (0, 1, 3, 16, 63, 64, 1000, whole // 2, whole - 1):
            with self.subTest(bytes=size):
                self.install('gif')
                self.edit('gif.so', lambda data: data[:size])
                self.assertRefused(r'gif\.so')

    def test_a_text_file_as_module(self):
        self.broken()
        self.edit('gif.so', lambda data: b'#!/bin/sh\necho this is no library\n' * 50)
        self.assertRefused(r'gif\.so', '(?i)elf|shared object|library|module')

    def test_a_missing_module(self):
        self.broken()
        os.unlink(os.path.join(self.plugins, 'gif.so'))
        self.assertRefused(r'gif\.so')

    def test_a_missing_library(self):
        self.broken()
        self.edit('gif.so', lambda data: data.replace(b'libgif.so.', b'libgix.so.'))
        self.assertRefused(r'libgix\.so')

    def test_an_undefined_symbol(self):
        self.broken()
        found = re.search(rb'\0([DE]?Gif\w{4,})\0', open(os.path.join(self.plugins, 'gif.so'), 'rb').read())
        self.assertTrue(found, 'the plugin uses no function of giflib')
        name = found.group(1)
        self.edit('gif.so', lambda data: data.replace(b'\0' + name + b'\0', b'\0' + name[:-1] + b'Q\0'))
        self.assertRefused(text(name[:-1] + b'Q'))

    def test_a_module_without_the_symbol(self):
        self.broken()
        self.edit('gif.so', lambda data: data.replace(b'mim_plugin_v1\0', b'mim_plugin_vX\0'))
        self.assertRefused(r'gif\.so|mim_plugin')

    def test_a_module_of_another_machine(self):
        self.broken()
        self.edit('gif.so', lambda data: data[:18] + b'\xf3\0' + data[20:]) # e_machine: RISC-V
        self.assertRefused('(?i)machine|architecture|cpu|processor')

    def test_fifos_and_directories(self):
        for suffix in ('.so', '.ini'):
            for make in (os.mkfifo, os.mkdir):
                with self.subTest(suffix=suffix, make=make.__name__):
                    self.install('raw')
                    self.install('gif')
                    path = os.path.join(self.plugins, 'gif' + suffix)
                    os.unlink(path)
                    make(path)
                    try:
                        self.assertRefused('gif')
                    finally:
                        os.rmdir(path) if make is os.mkdir else os.unlink(path)

    def test_a_manifest_of_another_abi(self):
        self.broken()
        for abi in (b'99.0', b'0.0', b'0.99', b'2.0', b'nonsense'):
            with self.subTest(abi=text(abi)):
                self.install('gif')
                self.edit('gif.ini', lambda data: re.sub(rb'(?m)^abi( *)=.*$', rb'abi\1= ' + abi, data))
                self.assertRefused()
                self.assertIn(text(abi), text(self.mim('plugins', env=self.env)))

    def test_a_manifest_that_disagrees_with_its_module(self):
        self.broken()
        self.edit('gif.ini', lambda data: re.sub(rb'(?m)^name( *)=.*$', rb'name\1= jif', data))
        self.assertRefused('jif')

    def test_a_line_of_three_hundred_bytes(self):
        self.broken()
        self.edit('gif.ini', lambda data: data + b'description = ' + b'x' * 300 + b'\n')
        self.assertRefused()
        self.assertRegex(text(self.mim('plugins', env=self.env)), r'gif\.ini:\d+')

    def test_manifests_that_do_not_parse(self):
        for name, data in (('empty', b''), ('binary', bytes(range(256)) * 4), ('no section', b'name = gif\n'),
                           ('NUL', b'[plugin]\nname = g\0if\n'),
                           ('unclosed section', b'[plugin\nname = gif\n'),
                           ('a line without =', b'[plugin]\nwhat is this\n')):
            with self.subTest(name):
                self.broken()
                self.edit('gif.ini', lambda old: data)
                self.assertRefused()

    def test_a_bad_manifest_does_not_hide_a_good_one_elsewhere(self):
        self.broken()
        lower = self.path('lower')
        os.mkdir(lower)
        self.install('gif', lower)
        os.rename(os.path.join(self.plugins, 'gif.ini'), os.path.join(self.plugins, 'other.ini'))
        self.edit('other.ini', lambda data: b'[plugin\n')
        self.env['MIM_PLUGIN_PATH'] = f'{self.plugins}:{lower}:!'
        self.assertWorks()

    def test_names_that_do_not_count(self):
        for name in ('gif.ini.dpkg-new', 'gif.ini~', '.gif.ini', 'GIF.ini', 'gif.ini.bak', '#gif.ini#', 'gif.txt'):
            with self.subTest(name):
                self.broken()
                os.rename(os.path.join(self.plugins, 'gif.ini'), os.path.join(self.plugins, name))
                self.assertRefused('libmim-plugin-gif')
                self.assertNotIn('gif.so', text(self.mim('plugins', env=self.env)))
                os.unlink(os.path.join(self.plugins, name))

    def test_what_others_may_write_is_refused_with_the_chmod(self):
        for name, mode in (('', 0o777), ('gif.so', 0o666), ('gif.ini', 0o646)):
            with self.subTest(name or 'directory'):
                self.broken()
                path = os.path.join(self.plugins, name).rstrip('/')
                os.chmod(path, mode)
                listed = text(self.mim('plugins', env=self.env)) + text(self.run_mim('info', self.gif,
                    env=self.env).stderr)
                self.assertIn('chmod', listed)
                self.assertIn(path, listed)
                self.assertEqual(self.run_mim('info', self.gif, env=self.env).returncode, 3)
                os.chmod(path, 0o755 if not name else 0o644)
                self.assertWorks()

    def test_a_mask_hides_what_is_below(self):
        self.broken()
        upper = self.path('upper')
        os.mkdir(upper)
        os.symlink('/dev/null', os.path.join(upper, 'gif.ini'))
        self.env['MIM_PLUGIN_PATH'] = f'{upper}:{self.plugins}:!'
        self.assertRefused('/dev/null', code=4)
        self.assertIn('masked', text(self.mim('plugins', env=self.env)))

    def test_the_same_name_higher_up_replaces(self):
        self.broken()
        upper = self.path('upper')
        os.mkdir(upper)
        self.install('gif', upper)
        self.env['MIM_PLUGIN_PATH'] = f'{upper}:{self.plugins}:!'
        self.assertWorks()
        self.assertRegex(text(self.mim('plugins', env=self.env)), 'shadowed')

    def test_a_policy_disables(self):
        self.broken()
        config = self.path('config')
        os.makedirs(os.path.join(config, 'mim-1'))
        with open(os.path.join(config, 'mim-1', 'mim.conf'), 'w') as out:
            out.write('[policy]\ndeny = gif\n')
        self.env['XDG_CONFIG_HOME'] = config
        self.assertRefused(r'mim\.conf:2', code=4)
        with open(os.path.join(config, 'mim-1', 'mim.conf'), 'w') as out:
            out.write('[plugin gif]\nenabled = no\n')
        self.assertRefused(r'mim\.conf:2', code=4)

    # --- two plugins for one format

    def make_two(self, alpha=600, beta=600):
        """alpha gives a pixel of 1, beta of 2."""
        for name, value, priority in (('alpha', 1, alpha), ('beta', 2, beta)):
            module = os.path.join(self.plugins, name + '.so')
            include = os.environ.get('MIM_INCLUDE', os.path.join(HERE, '..', '..', 'include'))
            self.run_tool('cc', '-shared', '-fPIC', '-o', module, f'-DNAME="{name}"', f'-DVALUE={value}', '-I', include,
                          os.path.join(HERE, 'one-pixel.c'))
            with open(os.path.join(self.plugins, name + '.ini'), 'w') as out:
                out.write(f'[plugin]\nmanifest = 1\nname = {name}\nversion = 1.0\nabi = 1.0\nmodule = {name}.so\n'
                          'description = one pixel\n'
                          f'license = MIT\npackage = {name}\npriority = {priority}\n\n'
                          '[format peer]\ntitle = Peer\nextensions = peer\nmagic = 0:50454552\nread = multi\n')
        return self.put('x.peer', b'PEER')

    def answer(self, path, *words):
        return self.mim('convert', path, '-', '--to', 'raw', *words, env=self.env)

    def test_the_winner_does_not_depend_on_the_directory_s_order(self):
        self.install('raw')
        path = self.make_two()
        first = self.answer(path)
        names = ('alpha.ini', 'beta.ini', 'alpha.so', 'beta.so')
        for order in (names, names[::-1]):
            other = self.path('again' + order[0])
            os.mkdir(other)
            for name in order:
                shutil.copy(os.path.join(self.plugins, name), os.path.join(other, name))
            self.install('raw', other)
            self.assertEqual(self.mim('convert', path, '-', '--to', 'raw', env={'MIM_PLUGIN_PATH': other + ':!'}), first)
        self.assertEqual(first, b'\1', 'equal in all else: the name decides')

    def test_priority_then_prefer_then_the_caller_decide(self):
        self.install('raw')
        path = self.make_two(alpha=500, beta=700)
        self.assertEqual(self.answer(path), b'\2')
        self.assertEqual(self.answer(path, '--plugin', 'alpha'), b'\1')
        config = self.path('config')
        os.makedirs(os.path.join(config, 'mim-1'))
        with open(os.path.join(config, 'mim-1', 'mim.conf'), 'w') as out:
            out.write('[prefer]\npeer = alpha beta\n')
        self.env['XDG_CONFIG_HOME'] = config
        self.assertEqual(self.answer(path), b'\1')
        self.assertEqual(self.answer(path, '--plugin', 'beta'), b'\2')
        self.refuse(3, 'convert', path, '-', '--to', 'raw', '--plugin', 'gamma', env=self.env)

    def test_explain_names_the_rule_that_beat_each_loser(self):
        self.install('raw')
        path = self.make_two(alpha=500, beta=700)
        said = text(self.mim('explain', path, env=self.env))
        winner = next(line for line in said.splitlines() if re.search(r'\bbeta\b', line))
        loser = next(line for line in said.splitlines() if re.search(r'\balpha\b', line))
        self.assertIn('chosen', winner)
        self.assertNotIn('chosen', loser)
        self.assertRegex(loser, 'priority')
        said = text(self.mim('explain', path, '--plugin', 'alpha', env=self.env))
        self.assertIn('chosen', next(line for line in said.splitlines() if re.search(r'\balpha\b', line)))

    def test_a_broken_winner_hands_over_to_the_next(self):
        self.install('raw')
        path = self.make_two(alpha=500, beta=700)
        self.edit('beta.so', lambda data: data[:200])
        self.assertEqual(self.answer(path), b'\1')

    def test_explain_of_a_gif(self):
        self.broken()
        said = text(self.mim('explain', self.gif, env=self.env))
        self.assertRegex(said, r'format\s+gif\s+chosen')
        self.assertRegex(said, r'plugin\s+gif\s+chosen')
        self.refuse(6, 'explain', self.path('missing'), env=self.env)

    # --- lazily

    def loaded(self, *words):
        """Every file whose code mim maps. Listing modules reads their heads."""
        log = self.path('strace.log')
        subprocess.run([tool('strace'), '-f', '-y', '-e', 'trace=mmap', '-o', log, mim_program(), *words], env=self.traceable(), check=True,
                       stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        with open(log, errors='replace') as file:
            return {found.group(1) for found in (re.search(r'PROT_EXEC.*<([^>]*)>', line) for line in file) if found}

    def modules(self, *words):
        """Names of plugin modules and codec libraries among the files loaded."""
        names = {os.path.basename(path) for path in self.loaded(*words)}
        return {name for name in names if name in ('gif.so', 'tiff.so', 'raw.so')
                or re.match(r'lib(gif|tiff|jpeg|lzma|zstd|webp|Lerc|jbig|deflate)', name)}

    def test_listing_loads_no_module(self):
        for words in (['formats'], ['plugins'], ['plugins', '--paths'], ['plugins', '--config'], ['--version'],
                      ['help']):
            with self.subTest(' '.join(words)):
                self.assertEqual(self.modules(*words), set())

    def test_a_gif_loads_libgif_and_nothing_of_tiff(self):
        got = self.modules('info', self.gif)
        self.assertIn('gif.so', got)
        self.assertTrue(any(name.startswith('libgif') for name in got), got)
        self.assertEqual({name for name in got if not name.startswith('libgif')}, {'gif.so'})
        got = self.modules('convert', self.gif, self.path('o.gif'))
        self.assertEqual({name for name in got if not name.startswith('libgif')}, {'gif.so'})

    def test_a_tiff_loads_libtiff_and_nothing_of_gif(self):
        Image.fromarray(np.zeros((5, 5), np.uint8)).save(self.path('x.tif'))
        got = self.modules('info', self.path('x.tif'))
        self.assertIn('tiff.so', got)
        self.assertTrue(any(name.startswith('libtiff') for name in got), got)
        self.assertFalse({name for name in got if 'gif' in name or name == 'raw.so'}, got)

    def test_an_unreadable_file_opens_no_module(self):
        path = self.put('x.png', b'\x89PNG\r\n\x1a\n' + bytes(30))
        log = self.path('strace.log')
        subprocess.run([tool('strace'), '-f', '-e', 'trace=open,openat', '-o', log, mim_program(), 'info', path],
                       env=self.environment(),
                       stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        with open(log) as file:
            said = file.read()
        self.assertNotRegex(said, r'(gif|tiff|raw)\.so')


if __name__ == '__main__':
    tap.main()
