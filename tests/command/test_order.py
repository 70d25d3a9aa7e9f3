# SPDX-License-Identifier: MIT
"""Tests of --frames in any order: the frames are those of a conversion of all frames, for every format, with any memory."""

import os

import tap
from command import TESTCARD, CommandCase

FRAMES = 60
SHUFFLED = [i * 37 % FRAMES for i in range(0, 90)]  # with repeats
ENDS = [i // 2 if i % 2 == 0 else FRAMES - 1 - i // 2 for i in range(FRAMES)]
ORDERS = {
    'all': ('::-1', list(range(FRAMES))[::-1]),
    'strides': ('::7,::-5,3:20:2', [*range(0, FRAMES, 7), *range(FRAMES - 1, -1, -5), *range(3, 20, 2)]),
    'shuffled': (','.join(map(str, SHUFFLED)), SHUFFLED),
    'both ends': (','.join(map(str, ENDS)), ENDS),
    'again': (':,::-1,5,5,5', [*range(FRAMES), *range(FRAMES - 1, -1, -1), 5, 5, 5]),
}


class Order(CommandCase):
    # video last: its frames have lost something
    NAMES = ['a.gif', 'a.apng', 'a.tiff', 'a.pdf', 'd', 'a.mkv', 'a.mp4', 'a.webm', 'a.avi', 'a.raw']

    def setUp(self):
        super().setUp()
        os.makedirs(self.path('conf/mim-1'))
        os.mkdir(self.path('d'))
        self.put('conf/mim-1/mim.conf', b'[limit]\nworking = 2MB\n')
        frames = ','.join(str(i * 5 % 12) for i in range(FRAMES))
        self.mim('convert', '-q', TESTCARD, 'a.gif', '--frames', frames)

    def make(self, name):
        """Convert the GIF; returns the arguments that read the file, or None if this build cannot write it."""
        if name == 'a.gif':
            return [name]
        if name == 'a.raw':
            self.put(name, self.to_raw(['a.gif']))
            channels = len(self.get(name)) // (FRAMES * 120 * 90)
            return ['--from', 'raw', '-i', 'width=120', '-i', 'height=90', '-i', f'channels={channels}', '-i', 'sample=u8',
                    name]
        target = 'd/%03d.png' if name == 'd' else name
        options = ['-o', 'gop=25'] if name in ('a.mkv', 'a.mp4') else []
        done = self.run_mim('convert', '-q', 'a.gif', target, *options)
        return [name] if done.returncode == 0 else None

    def to_raw(self, source, *more, **env):
        return self.mim('convert', '-q', *source, '-', '--to', 'raw', *more, **env)

    def test_any_order_gives_the_frames_of_all(self):
        made = []
        for name in self.NAMES:
            source = self.make(name)
            if not source:
                continue
            made.append(name)
            whole = self.to_raw(source)
            size = len(whole) // FRAMES
            for order, (words, indices) in ORDERS.items():
                expected = b''.join(whole[i * size:(i + 1) * size] for i in indices)
                for threads, env in (('1', {}), ('2', {}), ('8', {}), ('2', {'XDG_CONFIG_HOME': self.path('conf')})):
                    with self.subTest(f'{name}, {order}, {threads} threads, {env}'):
                        self.assertTrue(self.to_raw(source, '--frames=' + words, '--threads', threads, env=env) == expected)
        self.assertIn('a.gif', made)

    def test_a_frame_that_does_not_exist_is_an_error(self):
        self.assertIn('no frame 60', self.refuse(2, 'convert', 'a.gif', '-', '--to', 'raw', '--frames', '59,60,0'))


tap.main()
