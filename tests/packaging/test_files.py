# SPDX-License-Identifier: MIT
"""The table of docs/packaging.md has every file that is installed, and no other."""

import json
import os
import re
import subprocess
import tempfile
import unittest

import tap

SOURCE, BUILD = os.environ['MIM_SOURCE'], os.environ['MIM_BUILD']


def options():
    listing = subprocess.run(['meson', 'introspect', '--buildoptions', BUILD], check=True, stdout=subprocess.PIPE).stdout
    return {option['name']: option['value'] for option in json.loads(listing)}


def patterns():
    """The paths in the second column of the table, as regular expressions below the root."""
    values = options()
    directories = {name: os.path.join(values['prefix'], values[name])
                   for name in ('libdir', 'datadir', 'mandir', 'bindir', 'includedir')}
    sysconf = os.path.join(values['prefix'], values['sysconfdir'])
    with open(os.path.join(SOURCE, 'docs/packaging.md'), encoding='utf-8') as page:
        table = page.read().split('## What to split')[1].split('## ')[0]
    for cell in re.findall(r'^\|[^|]*\|([^|]*)\|$', table, re.M)[1:]:
        for path in re.findall(r'`([$/][^`]*)`', cell):
            path = re.sub(r'\$([a-z]+)', lambda match: directories[match[1]], path)
            path = re.sub('^/etc/', sysconf + '/', path)
            path = re.escape(path).replace(r'\*\*', '.*').replace('NAME', '[a-z]+')
            yield path


def installed(*options):
    """The files that meson install puts below the root, with these options."""
    with tempfile.TemporaryDirectory() as root:
        subprocess.run(['meson', 'install', '-C', BUILD, '--no-rebuild', '--quiet', '--destdir', root, *options], check=True,
                       stdout=subprocess.DEVNULL)
        for folder, folders, names in os.walk(root):
            if not folders and not names:
                names = ['']
            for name in names:
                name = '/' + os.path.relpath(os.path.join(folder, name), root) + ('/' if not name else '')
                yield name.replace('/./', '/').replace('/.', '')


class Files(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = list(installed())
        cls.patterns = list(patterns())

    def test_every_installed_file_is_in_the_table(self):
        self.assertGreater(len(self.files), 40)
        missing = [name for name in self.files if not any(re.fullmatch(pattern, name) for pattern in self.patterns)]
        self.assertEqual(missing, [])

    def test_every_path_in_the_table_is_installed(self):
        self.assertGreater(len(self.patterns), 12)
        missing = [pattern for pattern in self.patterns if not any(re.fullmatch(pattern, name) for name in self.files)]
        self.assertEqual(missing, [])

    def test_the_tags_in_the_page_select_everything_but_plugins(self):
        with open(os.path.join(SOURCE, 'docs/packaging.md'), encoding='utf-8') as page:
            tags, = set(re.findall(r'--tags ([a-z,]*,[a-z]+)', page.read()))
        others = [name for name in self.files if not re.search(r'/mim-1/[a-z]+\.(so|ini)$', name) or '/known.d/' in name]
        self.assertEqual(sorted(installed('--tags', tags)), sorted(others))


tap.main()
