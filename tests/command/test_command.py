# SPDX-License-Identifier: MIT
"""Tests of the command line: options, help, lists, the terminal, the man page."""

import fcntl
import os
import re
import select
import shutil
import struct
import subprocess
import termios

import tap
from command import PATIENCE, TESTCARD, CommandCase, open_terminal, text

COMMANDS = ('info', 'convert', 'batch', 'formats', 'plugins', 'explain', 'plugin new', 'plugin check', 'help')


class CommandLine(CommandCase):
    def test_without_a_command_lists_them_and_fails(self):
        printed = self.refuse(2)
        for name in COMMANDS:
            self.assertIn(f'mim {name} ', printed)

    def test_prints_its_version(self):
        self.assertRegex(text(self.mim('--version')), r'^mim \d+\.\d+\.\d+\n$')

    def test_refuses_unknown_commands_and_options(self):
        for args, word in ((['frobnicate'], 'frobnicate'), (['info', '--frobnicate', 'x'], '--frobnicate'),
                           (['info', '-Z', 'x'], '-Z'), (['info', '--force', 'x'], '--force'),
                           (['info', '--json=yes', 'x'], '--json'), (['convert', 'a', 'b', '--to'], '--to'),
                           (['info'], 'usage'), (['plugin'], 'usage'), (['plugin', 'frobnicate'], 'plugin frobnicate'),
                           (['help', 'info', 'x'], 'info x'), (['convert', 'one'], 'usage'), (['formats', 'x'], 'usage')):
            with self.subTest(' '.join(args)):
                printed = self.refuse(2, *args)
                self.assertTrue(printed.startswith('mim: '), printed)
                self.assertIn(word, printed)

    def test_escapes_every_name_that_it_quotes(self):
        name = 'a\x1b[2J\n\x9b\u202e\u200f\u061c'
        shown = r'a\x1b[2J\n\x9b\u202e\u200f\u061c'
        for args in ([name], ['info', name], ['info', '--' + name, 'x'], ['help', name], ['explain', name], ['plugins', name],
                     ['convert', TESTCARD, 'b.gif', '--to', name], ['convert', TESTCARD, 'b.gif', '-o', name + '=1'],
                     ['convert', TESTCARD, name + '/b.gif'], ['convert', TESTCARD, 'b.gif', '--frames', name],
                     ['convert', TESTCARD, 'b.gif', '--plugin', name], ['info', TESTCARD, '--limit', name + '=1'],
                     ['convert', name, 'b.gif', '--seconds', '1'], ['batch', name, '-d', 'out'], ['batch', 'x', '-d', name + '/b']):
            with self.subTest(' '.join(args)):
                done = self.run_mim(*args)
                printed = text(done.stdout + done.stderr)
                self.assertNotEqual(done.returncode, 0)
                self.assertFalse(set(printed) & set('\x1b\x9b\u202e\u200f\u061c'), printed)
                self.assertIn(shown, printed)

    def test_refuses_invalid_values(self):
        for option, value in (('--memory', '12 parsecs'), ('--memtest', 'x'), ('--threads', '-1'), ('--threads', 'many'),
                              ('--sample', 'u7'), ('--color', 'mauve'), ('--gray', None), ('-o', '=3'), ('--frames', 'a')):
            with self.subTest(option):
                args = [option, value] if value else ['--gray=medium']
                self.refuse(2, 'convert', TESTCARD, 'out.gif', *args)
        self.assertNothingBeside()

    def test_names_an_option_of_the_other_side(self):
        self.assertRegex(self.refuse(2, 'convert', TESTCARD, 'out.gif', '-i', 'quantizer=wu'), 'quantizer.*give it with -o')
        self.assertRegex(self.refuse(2, 'convert', TESTCARD, 'out.gif', '-o', 'raw=yes'), 'raw.*give it with -i')
        self.assertIn('nonesuch', self.refuse(2, 'convert', TESTCARD, 'out.gif', '-o', 'nonesuch=1'))
        self.assertNothingBeside()

    def test_needs_a_format_for_standard_output(self):
        self.assertIn('--to', self.refuse(2, 'convert', TESTCARD, '-'))

    def test_accepts_every_spelling_of_a_size(self):
        for word in ('256MB', '512MiB', '1.5GB', '2GB', '100MB', '1000000', '1073741824', '1000000000', 'true', 'false'):
            with self.subTest(word):
                self.mim('convert', '-qf', TESTCARD, 'out.gif', '--memtest', word)

    def test_memory_limits_working_memory_at_any_size_and_memtest_does_not(self):
        for size, number in (('1000', 1000), ('10MB', 10_000_000), ('100MB', 100_000_000)):
            with self.subTest(size):
                os.truncate(self.put('big.raw', b''), number + 1)
                few = ('convert', '-f', '--from', 'raw', '-i', f'width={number + 1}', '-i', 'height=1', '-i', 'channels=1',
                       'big.raw', 'out.tif', '-o', 'compression=packbits')
                printed = self.refuse(5, *few, '--memory', size)
                self.assertRegex(printed, rf'the limit working={number}\b.*; --memory SIZE or --limit NAME=VALUE changes it\n')
                self.assertNothingBeside('big.raw')
                self.mim(*few, '--memory', size, '--limit', 'working=400MB')
                self.mim(*few, '--memtest', '1000', '--limit', 'working=400MB')
                os.remove(self.path('out.tif'))
        self.mim('convert', '-q', TESTCARD, 'out.gif', '--memtest', '1000')

    def test_every_limit_that_a_message_names_has_a_switch(self):
        for limit in ('pixels=10', 'frames=2', 'working=1000'):
            with self.subTest(limit):
                printed = self.refuse(5, 'convert', '-f', TESTCARD, 'out.gif', '--limit', limit)
                self.assertIn(f' the limit {limit}', printed)
                self.assertIn('--limit NAME=VALUE', printed)
                self.mim('convert', '-qf', TESTCARD, 'out.gif', '--limit', limit.split('=')[0] + '=off')
        named = set()
        for room in ('core', 'plugins'):
            for folder, _, files in os.walk(os.path.join(os.path.dirname(os.path.dirname(os.environ['MIM_MAN_SOURCE'])), room)):
                for name in files:
                    if name.endswith('.c') and os.path.basename(folder) != 'tests':
                        with open(os.path.join(folder, name), encoding='utf-8') as file:
                            named |= set(re.findall(r'the limit (\w+)=', file.read()))
        self.assertEqual(named, {'memory', 'working', 'pixels', 'frames', 'metadata', 'ratio', 'seconds', 'spool'})
        for name in named:
            self.mim('info', '--limit', f'{name}=1000000', TESTCARD)
        for wrong in ('nonesuch=1', 'pixels', 'pixels=many', 'frames=-1'):
            with self.subTest(wrong):
                self.assertIn(wrong.split('=')[0], self.refuse(2, 'info', '--limit', wrong, TESTCARD))

    def test_an_index_past_the_end_is_no_frame_however_large(self):
        self.mim('convert', '-q', TESTCARD, 'card.tif')
        self.mim('convert', '-q', TESTCARD, '%03d.png')
        for source in (TESTCARD, 'card.tif', '%03d.png'):
            for index in ('12', '1000000', '99999999', '1000000000', '9223372036854775807', '-99999999999999999999'):
                with self.subTest(source=source, index=index):
                    message = self.refuse(2, 'convert', source, 'out.gif', '--frames=' + index)
                    self.assertIn(f'no frame {index}', message)
                    self.assertEqual(len(index) > 18, 'too large' in message, message)

    def test_accepts_a_format_by_its_extension(self):
        for name, same in {'.raw': 'raw', '.GIF': 'gif', 'GIF': 'gif', '.tif': 'tiff', '.TIFF': 'tiff', '.png': 'png'}.items():
            with self.subTest(name):
                args = ('convert', '-q', TESTCARD, '-', '--frames', '0')
                self.assertEqual(self.mim(*args, '--to', name), self.mim(*args, '--to', same))
        self.mim('info', '--from', '.gif', TESTCARD)
        self.mim('batch', '-q', TESTCARD, '-d', 'out', '--to', '.TIF')
        self.assertEqual(os.listdir(self.path('out')), ['testcard.TIF'])
        for name in ('.', '', 'tif', '.nonesuch'):
            self.assertIn('unknown format', self.refuse(2, 'convert', TESTCARD, 'x', '--to', name))

    def test_leaves_the_home_directory_to_the_shell(self):
        for args in (('info', 'file://~/a.gif'), ('info', '~/a.gif'), ('convert', TESTCARD, '~/a.gif'), ('convert', TESTCARD, 'file://~/a.gif')):
            self.assertIn('only a shell replaces ~', self.refuse(2, *args))
        os.mkdir(self.path('~'))
        self.mim('convert', '-q', TESTCARD, '~/a.gif')
        self.assertEqual(os.listdir(self.path('~')), ['a.gif'])

    def test_accepts_a_plugin_by_name(self):
        self.mim('info', '--plugin', 'gif', TESTCARD)
        self.assertIn('nonesuch', self.refuse(3, 'info', '--plugin', 'nonesuch', TESTCARD))


class Lists(CommandCase):
    def test_of_formats_show_capabilities_and_plugins(self):
        lines = text(self.mim('formats')).splitlines()
        self.assertEqual(lines, sorted(lines))
        gif, = [line for line in lines if line.startswith('gif ')]
        self.assertRegex(gif, r'^gif +read write +gif +ready +Graphics Interchange Format$')
        unknown, = [line for line in lines if line.startswith('jxl ')]
        self.assertRegex(unknown, r'not installed +no known plugin$')

    def test_of_formats_name_the_packages_of_missing_plugins(self):
        printed = text(self.mim('formats', env={'MIM_PLUGIN_PATH': '!'}))
        for name, plugin in (('gif', 'gif'), ('png', 'png'), ('apng', 'png'), ('mp4', 'video')):
            self.assertRegex(printed, rf'(?m)^{name} .* not installed +libmim-plugin-{plugin}$')

    def test_of_plugins_show_their_location(self):
        printed = text(self.mim('plugins'))
        for name in ('gif', 'raw', 'tiff'):
            self.assertRegex(printed, rf'(?m)^{name} +\S+ +ready +/.*/{name}\.ini$')

    def test_of_one_plugin_show_all_details(self):
        printed = text(self.mim('plugins', 'gif'))
        for word in ('manifest ', 'license ', 'MIT', 'palettesize'):
            self.assertIn(word, printed)
        self.assertRegex(printed, r'(?m)^  libraries +giflib \d+\.\d+\.\d+$')
        self.assertIn('nonesuch', self.refuse(3, 'plugins', 'nonesuch'))

    def test_of_paths_are_the_directories_searched(self):
        expected = [os.path.realpath(path) for path in os.environ['MIM_PLUGIN_PATH'].removesuffix(':!').split(':')]
        self.assertEqual(text(self.mim('plugins', '--paths')).splitlines(), expected)

    def test_of_paths_have_those_of_the_environment_in_front(self):
        home = self.path('.local/lib/mim-1')
        os.makedirs(home)
        os.mkdir(self.path('own'))
        listed = {}
        for path in ('own', 'own:!', '!', ''):
            listed[path] = text(self.mim('plugins', '--paths', env={'MIM_PLUGIN_PATH': path, 'HOME': self.folder})).splitlines()
        own = os.path.realpath(self.path('own'))
        self.assertEqual(listed['own:!'], [own])
        self.assertEqual(listed['!'], [])
        self.assertEqual(listed[''][0], home)
        self.assertGreater(len(listed['']), 2)
        self.assertEqual(listed['own'], [own] + listed[''])

    def test_of_a_plugin_of_the_user_are_ready(self):
        os.makedirs(self.path('.local/lib'))
        gif, = [path for path in os.environ['MIM_PLUGIN_PATH'].split(':') if path.endswith('/gif')]
        os.symlink(gif, self.path('.local/lib/mim-1'))
        self.mim('info', TESTCARD, env={'MIM_PLUGIN_PATH': '', 'HOME': self.folder})
        self.refuse(3, 'info', TESTCARD, env={'MIM_PLUGIN_PATH': '!', 'HOME': self.folder})

    def test_of_configuration_name_file_and_line(self):
        os.makedirs(self.path('mim-1'))
        self.put('mim-1/mim.conf', b'[limit]\nmemory = 5MB\n')
        printed = self.configured('plugins', '--config')
        self.assertIn('memory = 5MB', printed)
        self.assertIn('mim.conf:2', printed)

    def configured(self, *args, code=0):
        """Run mim with the configuration in the case's directory, and return its output."""
        done = self.run_mim(*args, env={'XDG_CONFIG_HOME': self.folder})
        self.assertEqual(done.returncode, code, text(done.stderr))
        return text(done.stdout + done.stderr)

    def test_of_plugins_explain_why_one_is_disabled(self):
        os.makedirs(self.path('mim-1'))
        self.put('mim-1/mim.conf', b'[policy]\ndeny = gif\n')
        self.assertIn('mim.conf:2', self.configured('plugins'))
        self.assertIn('mim.conf:2', self.configured('info', TESTCARD, code=4))

    def test_a_configuration_that_cannot_be_understood_disables_all_plugins(self):
        os.makedirs(self.path('mim-1'))
        for config, words in ((b'[policy]\nalow = gif\n', 'mim.conf:2: [policy] alow = gif'),
                              (b'[policy]\ndeny = png,pdf\n', 'mim.conf:2: [policy] deny = png,pdf: names are separated'),
                              (b'[policy]\nallow = gif nonesuch\n', 'mim.conf:2: .*: no plugin, format or scheme is called nonesuch'),
                              (b'[plugin nonesuch]\nenabled = no\n', 'mim.conf:2: .*: no plugin, format or scheme is called nonesuch'),
                              (b'[limit]\nmemory = lots\n', 'mim.conf:2: [limit] memory = lots'), (b'x' * 200, 'mim.conf:1: ')):
            with self.subTest(config):
                self.put('mim-1/mim.conf', config)
                for args in (['info', TESTCARD], ['info', 'missing'], ['convert', TESTCARD, 'o.gif'], ['formats'], ['plugins'],
                             ['plugins', 'gif'], ['explain', TESTCARD], ['batch', TESTCARD, '-d', 'out', '--to', 'gif']):
                    self.assertRegex(self.configured(*args, code=4), words.replace('[', r'\['))
                self.assertFalse(os.path.exists(self.path('o.gif')))
                for args in (['help'], ['help', 'convert'], ['--version']):
                    self.configured(*args)
                self.assertRegex(self.configured('plugins', '--config'), words.replace('[', r'\['))
        os.remove(self.path('mim-1/mim.conf'))
        os.mkdir(self.path('mim-1/mim.conf'))
        self.assertIn('mim.conf: Is a directory', self.configured('info', TESTCARD, code=4))

    def test_an_unknown_section_of_the_users_file_is_noted(self):
        os.makedirs(self.path('mim-1'))
        self.put('mim-1/mim.conf', b'[prefer]\ngif = gif\n[later]\nx = 1\n')
        self.assertRegex(self.configured('info', TESTCARD), r'mim: note: .*mim.conf:4: no such section: \[later\]; \[prefer\] in this')
        self.assertNotIn('later', self.configured('info', '-q', TESTCARD))
        for name in 'abcd':
            shutil.copy(TESTCARD, self.path(name + '.gif'))
        said = self.configured('batch', *(name + '.gif' for name in 'abcd'), '-d', 'out', '--to', 'gif', '-j', '4')
        self.assertEqual(said.count('later'), 1)

    def test_allow_lists(self):
        os.makedirs(self.path('mim-1'))
        self.put('mim-1/mim.conf', b'[policy]\nallow = raw\n')
        self.assertRegex(self.configured('info', TESTCARD, code=4), r'plugin gif is disabled: .*mim.conf:2: \[policy\] allow = raw')
        self.configured('info', '--formats', 'gif,raw', TESTCARD, code=4)
        self.put('mim-1/mim.conf', b'[policy]\nallow = gif\nallow = raw\n')
        self.configured('info', TESTCARD)

        for name in ('png,raw', 'tiff'):
            said = self.refuse(4, 'info', TESTCARD, '--formats', name)
            self.assertIn('and only these formats are allowed: ' + name.replace(',', ' '), said)
            self.refuse(4, 'convert', TESTCARD, 'o.tiff', '--formats', name)
        self.mim('convert', TESTCARD, 'o.tiff', '--formats', 'PNG,gif')
        self.assertIn('--formats nonesuch: unknown format', self.refuse(2, 'info', TESTCARD, '--formats', 'gif,nonesuch'))

    def test_explain_a_choice(self):
        printed = text(self.mim('explain', TESTCARD))
        self.assertRegex(printed, r'format +gif +chosen')
        self.assertRegex(printed, r'plugin +gif +chosen')
        self.refuse(6, 'explain', 'missing')


class Help(CommandCase):
    def test_lists_every_command(self):
        self.assertEqual(self.mim('help'), self.mim('--help'))

    def test_of_a_command_is_its_own_option_too(self):
        for name in COMMANDS:
            self.assertEqual(self.mim('help', *name.split()), self.mim(*name.split(), '--help'), name)

    def test_of_a_format_shows_the_options_of_both_sides(self):
        printed = text(self.mim('help', 'gif', env={'COLUMNS': '200'}))
        reading, writing = printed.split('writing gif')
        self.assertIn('reading gif', reading)
        self.assertRegex(writing, r'(?m)^  palettesize  .*256.*2\.\.256')
        self.assertNotIn('palettesize', reading)

    def test_of_an_unknown_name_quotes_it(self):
        self.assertIn('nonesuch', self.refuse(2, 'help', 'nonesuch'))
        self.assertIn('this is JPEG XL; no plugin for it is known', self.refuse(3, 'help', 'jxl'))
        self.assertIn('libmim-plugin-gif', self.refuse(3, 'help', 'gif', env={'MIM_PLUGIN_PATH': '!'}))

    def pages(self):
        """The arguments of every help page; of formats with the same plugin, which share their options, one."""
        formats = {}
        for line in text(self.mim('formats')).splitlines():
            name, plugin = line.split('  ')[0], re.split('  +', line)[2]
            if ' ready ' in line:
                formats.setdefault(plugin, name.strip())
        return [['help'], *(['help', *name.split()] for name in (*COMMANDS, *formats.values()))]

    def check_width(self, page, width, **env):
        for line in text(self.mim(*page, env=env)).splitlines():
            self.assertLessEqual(len(line), width, line)

    def test_fits_80_columns_when_the_width_is_unknown(self):
        for page in self.pages():
            with self.subTest(' '.join(page)):
                self.check_width(page, 80)
                self.check_width(page, 80, COLUMNS='')
                self.check_width(page, 80, COLUMNS='0')

    def test_fits_the_columns_given(self):
        for page in self.pages():
            for width in (40, 41, 53, 79, 132):
                with self.subTest(' '.join(page), columns=width):
                    self.check_width(page, width, COLUMNS=str(width))

    def test_is_the_same_at_any_width_but_for_its_lines(self):
        for page in self.pages():
            with self.subTest(' '.join(page)):
                pages = [re.sub(r'\s', '', text(self.mim(*page, env={'COLUMNS': str(width)}))) for width in (40, 80, 5000)]
                self.assertEqual(pages[0], pages[2])
                self.assertEqual(pages[1], pages[2])

    def test_fits_the_terminal(self):
        for width in (60, 100):
            master, slave = open_terminal()
            fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack('HHHH', 24, width, 0, 0))
            process = self.start('help', 'explain', stdout=slave)
            os.close(slave)
            shown = b''
            while select.select([master], [], [], PATIENCE)[0]:
                try:
                    shown += os.read(master, 65536)
                except OSError:
                    break
            os.close(master)
            self.assertEqual(process.wait(timeout=PATIENCE), 0)
            self.assertEqual(shown.replace(b'\r', b''), self.mim('help', 'explain', env={'COLUMNS': str(width)}))


class Completion(CommandCase):
    def complete(self, *words):
        script = 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _mim; printf "%s\\n" "${COMPREPLY[@]}"'
        path = os.path.dirname(os.environ['MIM']) + ':' + os.environ['PATH']
        done = subprocess.run(['bash', '-c', script, 'bash', os.environ['MIM_COMPLETION'], *words], cwd=self.folder,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment(PATH=path))
        self.assertEqual(done.stderr, b'')
        return text(done.stdout).split()

    def test_knows_commands_options_and_formats(self):
        self.assertEqual(self.complete('mim', 'c'), ['convert'])
        self.assertEqual(self.complete('mim', 'info', '--j'), ['--json'])
        self.assertEqual(self.complete('mim', 'batch', '--sk'), ['--skip-existing'])
        self.assertEqual(self.complete('mim', 'convert', 'a', 'b', '--to', 'ti'), ['tiff'])
        self.assertEqual(self.complete('mim', 'plugins', 'g'), ['gif'])
        self.assertEqual(self.complete('mim', 'plugin', 'n'), ['new'])
        self.assertEqual(self.complete('mim', 'plugin', 'new', '--l'), ['--lang'])
        self.assertIn('gif', self.complete('mim', 'help', ''))


class ManPage(CommandCase):
    def test_has_every_option_and_no_other(self):
        with open(os.environ['MIM_MAN_SOURCE'], encoding='utf-8') as file:
            source = file.read()
        section = source.split('\n# OPTIONS\n')[1].split('\n# JSON\n')[0]
        rows = set(re.findall(r'^.*\*--[a-z].*$', section, re.M))
        documented = set(re.findall(r'\*--([a-z-]+)\*', '\n'.join(rows)))
        offered = set()
        for name in COMMANDS:
            offered |= set(re.findall(r'--([a-z-]+)', text(self.mim('help', *name.split()))))
        self.assertEqual(documented, offered)

    def test_has_every_command(self):
        with open(os.environ['MIM_MAN_SOURCE'], encoding='utf-8') as file:
            source = file.read()
        for name in COMMANDS:
            self.assertIn(f'*mim {name}*', source)
            self.assertRegex(source, rf'(?m)^\*{name}\*$')


class Terminal(CommandCase):
    def on_terminal(self, *args, feed=None):
        """Run mim with standard error on a terminal. Return its output there and the exit code. `feed` writes the input."""
        master, slave = open_terminal()
        process = self.start(*args, stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=slave, env={'TERM': 'xterm'})
        os.close(slave)
        printed = feed(process.stdin, master) if feed else b''
        while select.select([master], [], [], PATIENCE)[0]:
            try:
                data = os.read(master, 65536)
            except OSError:
                break
            if not data:
                break
            printed += data
        os.close(master)
        return printed, process.wait(timeout=PATIENCE)

    def test_shows_progress_of_long_work(self):
        """Feed frames until the line appears. tests/command/test_progress.c tests when it does."""
        def feed(stdin, master):
            printed = b''
            while b'frames' not in printed:
                stdin.write(bytes(200000))
                stdin.flush()
                if select.select([master], [], [], 0.05)[0]:
                    printed += os.read(master, 65536)
            stdin.close()
            return printed
        read = ['--from', 'raw', '-i', 'width=100', '-i', 'height=100', '-i', 'channels=1', '-i', 'sample=u8']
        printed, code = self.on_terminal('convert', *read, '-', '/dev/null', '--to', 'raw', feed=feed)
        self.assertEqual(code, 0, printed)
        self.assertRegex(printed, rb'\d+ frames, [\d.]+/s')
        self.assertTrue(printed.endswith(b'\r\x1b[K'), printed[-40:])

    def test_is_refused_as_an_output(self):
        master, slave = open_terminal()
        done = subprocess.run([os.environ['MIM'], 'convert', TESTCARD, '-', '--to', 'gif'], stdout=slave,
                              stderr=subprocess.PIPE, env=self.environment())
        os.close(slave)
        os.close(master)
        self.assertEqual(done.returncode, 2)
        self.assertIn('terminal', text(done.stderr))

    def headings(self, **env):
        master, slave = open_terminal()
        process = subprocess.Popen([os.environ['MIM'], 'info', TESTCARD], stdout=slave, env=self.environment(**env))
        process.wait(timeout=PATIENCE)
        os.close(slave)
        printed = os.read(master, 65536)
        os.close(master)
        return printed

    def test_has_bold_headings_without_no_color(self):
        self.assertIn(b'\x1b[1m', self.headings())
        self.assertNotIn(b'\x1b', self.headings(NO_COLOR='1'))


tap.main()
