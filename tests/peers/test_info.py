#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What mim info prints: JSON with exactly its keys, and text for people."""

import json
import os

import numpy as np
import tifffile

import gifbytes
import pictures
import tap
from commandpeers import PALETTE, animation
from gifbytes import gif, image
from peers import PeerCase, text

KEYS = {'file', 'format', 'plugin', 'plugin_version', 'frames', 'frames_certainty', 'width', 'height', 'channels',
        'sample', 'duration', 'fps', 'mean_fps', 'loop', 'metadata', 'also_holds'}
EACH = {'index', 'width', 'height', 'channels', 'sample', 'duration', 'metadata'}


class Info(PeerCase):
    def setUp(self):
        super().setUp()
        self.gif = self.put('a.gif', animation())

    def test_json_has_exactly_its_keys(self):
        tifffile.imwrite(self.path('b.tif'), pictures.samples(np.uint16, 3, 9, 7), photometric='minisblack',
                         metadata=None)
        for path in (self.gif, self.path('b.tif')):
            with self.subTest(os.path.basename(path)):
                plain = json.loads(self.mim('info', '--json', path))
                self.assertEqual(set(plain[0]), KEYS)
                each = json.loads(self.mim('info', '--json', '--each', path))
                self.assertEqual(set(each[0]), KEYS | {'each'})
                self.assertEqual([set(frame) for frame in each[0]['each']], [EACH] * each[0]['frames'])
                self.assertEqual([frame['index'] for frame in each[0]['each']], list(range(each[0]['frames'])))
                self.assertEqual(plain[0]['file'], path)
        facts = json.loads(self.mim('info', '--json', self.gif))[0]
        self.assertEqual((facts['format'], facts['plugin'], facts['frames'], facts['frames_certainty']),
                         ('gif', 'gif', 4, 'exact'))
        self.assertEqual((facts['width'], facts['height'], facts['channels'], facts['sample']), (8, 6, 3, 'u8'))
        self.assertEqual((facts['duration'], facts['fps'], facts['loop']), (0.2, 20, 3))

    def test_json_of_what_cannot_be_opened(self):
        nothing = self.put('what.xyz', b'nobody knows what this is')
        done = self.run_mim('info', '--json', self.gif, nothing, self.path('missing'))
        good, unknown, missing = json.loads(done.stdout)
        self.assertEqual(set(good), KEYS)
        for answer, status in ((unknown, 'MIM_UNKNOWN_FORMAT'), (missing, 'MIM_IO')):
            self.assertEqual(set(answer), {'file', 'error'})
            self.assertEqual(set(answer['error']), {'status', 'message', 'plugin'})
            self.assertEqual(answer['error']['status'], status)
        self.assertEqual(done.returncode, 6)

    def test_json_of_a_damaged_file(self):
        cut = self.put('cut.gif', animation()[:-12])
        done = self.run_mim('info', '--json', '--each', cut)
        facts = json.loads(done.stdout)[0]
        self.assertEqual(set(facts), KEYS | {'each', 'damage'})
        self.assertEqual(set(facts['damage']), {'status', 'message', 'frame'})
        self.assertEqual(facts['damage']['status'], 'MIM_TRUNCATED')
        self.assertEqual((facts['width'], facts['height']), (8, 6))
        self.assertEqual(done.returncode, 6)

    def test_json_escapes_what_names_and_comments_hold(self):
        name = self.path('a "quoted" \\ né\n\t.gif')
        with open(name, 'wb') as out:
            out.write(gif(8, 6, gifbytes.comment('tab\there "é" \\'.encode()), image(np.zeros((6, 8), int)),
                          palette=PALETTE))
        facts = json.loads(self.mim('info', '--json', name))[0]
        self.assertEqual(facts['file'], name)
        self.assertEqual(facts['metadata']['comment'], 'tab\there "é" \\')
        with open(name, 'wb') as out:
            out.write(gif(8, 6, gifbytes.comment(b'\xff\xfe\x01 latin'), image(np.zeros((6, 8), int)), palette=PALETTE))
        json.loads(self.mim('info', '--json', name))

    def test_text_for_people_names_the_file_and_its_frames(self):
        said = text(self.mim('info', self.gif))
        for word in ('a.gif', 'gif', '4', '8', '6'):
            self.assertIn(word, said)
        self.assertGreater(len(self.mim('info', '--each', self.gif).splitlines()), 4)
        control_codes = self.put('evil.gif', gif(8, 6, gifbytes.comment(b'\x1b[2J\x07'), image(np.zeros((6, 8), int)),
                                                 palette=PALETTE))
        self.assertNotIn(b'\x1b', self.mim('info', control_codes))


if __name__ == '__main__':
    tap.main()
