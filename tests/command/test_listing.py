# SPDX-License-Identifier: MIT
"""Tests of `mim formats`, `plugins` and `explain`: JSON, misspelt manifests, and plugins that only read."""

import json
import os
import unittest

import tap
from command import TESTCARD, CommandCase, text

MANIFEST = '''[plugin]
manifest = 1
name = {name}
version = 1.0
abi = 1.0
priority = 900
[format {format}]
extensions = gif
magic = 0:47494638
read = multi
'''


class Listing(CommandCase):
    def setUp(self):
        super().setUp()
        os.mkdir(self.path('own'))

    def environment(self, **more):
        return super().environment(**{'MIM_PLUGIN_PATH': self.path('own') + ':' + os.environ['MIM_PLUGIN_PATH'], **more})

    def json(self, *args, code=0):
        done = self.run_mim(*args, '--json')
        self.assertEqual(done.returncode, code, text(done.stderr))
        return json.loads(done.stdout)

    def put_plugin(self, name, module=None, form='gif', more=''):
        self.put(f'own/{name}.ini', (MANIFEST.format(name=name, format=form) + more).encode())
        if module:
            os.symlink(os.path.join(os.environ['MIM_TEST_MODULES'], module), self.path(f'own/{name}.so'))

    def test_formats_are_objects_with_lists_of_words(self):
        formats = {item['name']: item for item in self.json('formats')}
        self.assertEqual(list(formats), sorted(formats))
        self.assertEqual([line.split()[0] for line in text(self.mim('formats')).splitlines()], list(formats))
        self.assertEqual(formats['gif'], {
            'name': 'gif', 'title': 'Graphics Interchange Format', 'plugin': 'gif', 'extensions': ['gif'],
            'mime': ['image/gif'], 'read': ['multi', 'animation', 'seek'], 'write': ['multi', 'animation'],
            'state': 'ready', 'reason': None})

    def test_plugins_have_their_faults(self):
        self.put_plugin('typo', form='typo', more='extension = typo\n')
        self.put('own/bad.ini', b'[plugin]\n')
        found = self.json('plugins')
        self.assertEqual(list(found), ['plugins', 'refused'])
        typo, = [item for item in found['plugins'] if item['name'] == 'typo']
        self.assertEqual(typo['ignored'], [self.path('own/typo.ini') + ':11: unknown key extension; did you mean extensions?'])
        self.assertEqual((typo['state'], typo['reason']), ('broken', f'the module {self.path("own/typo.so")} is missing'))
        self.assertEqual(found['refused'], [self.path('own/bad.ini') + ': [plugin] has no "manifest = 1"'])
        self.assertIn(typo['ignored'][0], text(self.mim('plugins')))

    def test_a_plugin_has_its_options_with_ranges_and_choices(self):
        plugin, = self.json('plugins', 'gif')['plugins']
        options = {(item['direction'], item['name']): item for item in plugin['options']}
        size = options['write', 'palettesize']
        self.assertEqual((size['format'], size['min'], size['max'], size['choices']), ('gif', 2, 256, []))
        dither = options['write', 'dither']
        self.assertIn('none', dither['choices'])
        self.assertEqual('|'.join(dither['choices']), dither['type'])
        self.assertEqual((dither['min'], dither['max']), (None, None))

    def test_a_plugin_that_only_reads_is_shown(self):
        self.put_plugin('mock', 'mock.so', form='mock')
        self.put_plugin('other', 'missing-symbol.so', form='mock', more='write = multi\n')
        printed = text(self.mim('plugins', 'mock'))
        self.assertIn('reading mock', printed)
        self.assertNotIn('writing', printed)

    def test_explain_tells_what_opens_the_file(self):
        self.put_plugin('failing-init', 'failing-init.so', form='mock')
        self.put_plugin('other', 'missing-symbol.so')
        steps = self.json('explain', TESTCARD)
        self.assertEqual(list(steps), ['file', 'formats', 'plugins', 'opened_by', 'error'])
        self.assertEqual((steps['opened_by'], steps['error']), ('gif', None))
        self.assertEqual([(item['name'], item['chosen']) for item in steps['plugins']], [('gif', True), ('other', False)])
        self.assertIn('does not export', steps['plugins'][1]['rule'])

    def test_explain_tells_why_nothing_opens_the_file(self):
        with open(TESTCARD, 'rb') as file:
            self.put('cut.gif', file.read()[:10])
        self.assertIn('  not opened: ', text(self.mim('explain', 'cut.gif')))
        steps = self.json('explain', 'cut.gif')
        self.assertEqual(steps['opened_by'], None)
        self.assertTrue(steps['error'])
        self.put('unknown', b'....')
        steps = self.json('explain', 'unknown', code=6)
        self.assertEqual((steps['formats'], steps['plugins']), ([], []))


tap.main()
