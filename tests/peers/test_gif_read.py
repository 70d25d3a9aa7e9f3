#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Compares GIF reading with gifsicle, Pillow and ffmpeg.

mim must match SPEC's rule, which gifbytes.Gif computes, and all three programs where they agree, but for the colour to
which the canvas is cleared: mim clears to transparent, as browsers do. gif-differences.md lists the cases where they do
not agree; MIM_PEERS_UPDATE=1 updates the section of the installed versions.
"""

import os
import re
import struct

import numpy as np

import gifbytes
import tap
from gifbytes import comment, control, gif, image, netscape, visible
from gifmatrix import (BASIC, BLUE, OTHER, RED, Makers, checks, coding_cases, disposal_cases, full, own_cases, ramp)
from gifpeers import PEERS, difference, same, versions
from peers import PeerCase, text

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'gif-differences.md')


class GifReading(PeerCase):
    def cases(self):
        yield from own_cases()
        yield from Makers(self).all()

    def test_frames_match_the_rule_and_the_peers(self):
        rows = []
        for name, data in self.cases():
            rule = [visible(frame) for frame in gifbytes.Gif(data).compose()]
            answers = {peer: ask(data) for peer, ask in PEERS.items()}
            if not all(same(answer, rule) for answer in answers.values()):
                rows.append(row(name, answers, rule))
            with self.subTest(name):
                first = answers['gifsicle']
                if all(same(answer, first) for answer in answers.values()):
                    judge = gifbytes.Gif(data) # the peers may clear to the background colour, unlike browsers
                    filled = [visible(frame) for frame in judge.compose(blank=judge.background_colour())]
                    self.assertIn('the same', (difference(first, rule), difference(first, filled)),
                                  'the peers agree, but differ from the rule')
                got = self.pixels(self.put('case.gif', data))
                self.assertEqual(difference([visible(frame) for frame in got], rule), 'the same')
        with self.subTest('gif-differences.md lists all differences'):
            self.check_page(rows)

    def check_page(self, rows):
        with open(PAGE, encoding='utf-8') as file:
            head, *sections = re.split(r'^(?=## )', file.read(), flags=re.M)
        kept = {section.splitlines()[0][3:]: section for section in sections}
        section = differences_of(rows)
        if os.environ.get('MIM_PEERS_UPDATE'):
            kept[versions()] = section
            with open(PAGE, 'w', encoding='utf-8') as out:
                out.write('\n'.join([head.rstrip() + '\n', *[kept[said].rstrip() + '\n' for said in sorted(kept)]]))
        elif versions() in kept:
            self.assertEqual(kept[versions()].rstrip(), section.rstrip())
        else: # other versions may differ: only mim's answers are checked, above
            print(f'# gif-differences.md does not cover {versions()}')

    def test_opaque_and_gray_files_have_fewer_channels(self):
        for name, data in self.cases():
            with self.subTest(name):
                judge = gifbytes.Gif(data)
                facts = self.info(self.put('case.gif', data))
                self.assertEqual(facts['channels'], judge.channels())
                self.assertEqual({frame['channels'] for frame in facts['each']}, {facts['channels']})
                self.assertEqual((facts['height'], facts['width']), judge.canvas())
                self.assertEqual(facts['frames'], len(judge.frames))
                self.assertEqual(facts['sample'], 'u8')

    def test_timing_and_loop_match_the_file(self):
        for name, data in self.cases():
            with self.subTest(name):
                judge = gifbytes.Gif(data)
                facts = self.info(self.put('case.gif', data))
                durations = [frame['duration'] for frame in facts['each']]
                self.assertEqual([round(value * 100, 6) for value in durations],
                                 [frame.delay for frame in judge.frames])
                self.assertAlmostEqual(facts['duration'], sum(frame.delay for frame in judge.frames) / 100, places=6)
                self.assertEqual(facts['loop'], judge.loop)

    def test_loop_counts_plays_in_total(self):
        for value, plays in ((None, 1), (0, 0), (1, 2), (2, 3), (65535, 65536)):
            for name in (b'NETSCAPE2.0', b'ANIMEXTS1.0'):
                with self.subTest(value=value, name=name.decode()):
                    parts = [] if value is None else [netscape(value, name)]
                    path = self.put('loop.gif', gif(12, 9, *parts, image(full(1)), image(full(2)), palette=BASIC))
                    facts = self.info(path)
                    self.assertEqual(facts['loop'], plays)
                    if value is not None:
                        self.assertEqual(facts['metadata']['netscape_loop'], value)

    def test_the_last_of_several_loop_blocks_applies(self):
        """Wherever frames are read in between."""
        data = gif(12, 9, netscape(7), netscape(3), image(full(1)), image(full(2)), netscape(5), palette=BASIC)
        self.assertEqual(self.info(self.put('loop.gif', data))['loop'], 6)
        self.mim('convert', self.path('loop.gif'), self.path('out.gif'), '--frames', '::-1')
        self.assertEqual(gifbytes.Gif(self.get('out.gif')).loop, 6)

    def test_metadata_matches_the_blocks(self):
        data = gif(20, 10, comment(b'made by hand'), control(2, 7, 3), image(full(1), 1, 1, interlace=True),
                   control(1, 7),
                   image(full(2, 4, 4), 2, 3, palette=OTHER), palette=BASIC, background=4)
        facts = self.info(self.put('meta.gif', data))
        self.assertEqual(facts['metadata']['comment'], 'made by hand')
        self.assertIn('89a', str(facts['metadata']['version']))
        self.assertIn('background', facts['metadata'])
        first, second = (frame['metadata'] for frame in facts['each'])
        self.assertIn('disposal', first)
        self.assertNotEqual(first['disposal'], second['disposal'])
        self.assertEqual(bool(first['interlaced']) and first['interlaced'] != 'no', True)

    def test_single_frames_match_a_full_read(self):
        for name, data in disposal_cases():
            with self.subTest(name):
                path = self.put('case.gif', data)
                frames = self.pixels(path)
                size = frames[0].nbytes
                order = list(range(len(frames)))[::-1] + [0, 2, 2, 1]
                raw = self.mim('convert', path, '-', '--to', 'raw', '--frames', ','.join(map(str, order)))
                for place, i in enumerate(order):
                    self.assertEqual(raw[place * size:(place + 1) * size], frames[i].tobytes(), f'frame {i}')

    def test_threads_change_nothing(self):
        for name, data in [*disposal_cases(), *coding_cases()]:
            with self.subTest(name):
                path = self.put('case.gif', data)
                answers = {self.mim('convert', path, '-', '--to', 'raw', '--threads', count) for count in (1, 2, 8)}
                self.assertEqual(len(answers), 1)

    def test_a_pipe_gives_the_same_frames(self):
        for name, data in [*disposal_cases(), *coding_cases()]:
            with self.subTest(name):
                self.assertEqual(self.mim('convert', '-', '-', '--to', 'raw', data=data),
                                 self.mim('convert', self.put('case.gif', data), '-', '--to', 'raw'))

    def test_stream_gives_the_same_frames_with_alpha(self):
        for name, data in disposal_cases():
            with self.subTest(name):
                judge = gifbytes.Gif(data)
                raw = self.mim('convert', '-', '-', '--to', 'raw', '-i', 'stream=yes', data=data)
                height, width = judge.canvas()
                got = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 4)
                self.assertEqual(difference(list(map(visible, got)),
                                         list(map(visible, judge.compose()))), 'the same')

    def test_a_file_without_palette_never_crashes(self):
        path = self.put('bare.gif', gif(12, 9, image(ramp(12, 9, 4), min_code=2)))
        done = self.run_mim('convert', path, '-', '--to', 'raw')
        self.assertIn(done.returncode, (0, 6), done.stderr)

    def test_an_index_past_the_table_is_black(self):
        data = gif(12, 9, image(ramp(12, 9, 8), min_code=3), palette=OTHER)
        got = self.pixels(self.put('beyond.gif', data))
        self.assertSameFrames([visible(frame) for frame in got],
                              [visible(frame) for frame in gifbytes.Gif(data).compose()])

    def test_a_truncated_file_is_refused(self):
        parts = [netscape(0), comment(b'c'), control(1, 5), image(ramp(12, 9, 8)), control(2, 6, 0),
                 image(checks(4, 4, 0, 1), 6, 4, palette=OTHER)]
        data = gif(12, 9, *parts, palette=BASIC)
        between_frames = [len(gif(12, 9, *parts[:count], palette=BASIC, trailer=b'')) for count in (4, 6)]
        for size in range(len(data)):
            with self.subTest(bytes=size):
                self.keep_only()
                path = self.put('cut.gif', data[:size])
                code = 0 if size in between_frames else 6
                done = self.run_mim('convert', path, self.path('out.tiff'))
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertTrue(done.stderr, 'nothing was reported')
                if code == 0:
                    self.assertIn('without a trailer', text(done.stderr))
                    self.assertSameFrames([visible(frame) for frame in self.pixels(path)],
                                          [visible(frame) for frame in gifbytes.Gif(data[:size]).compose()])
                    self.keep_only('cut.gif')
                    self.refuse(6, 'convert', '--strict', path, self.path('out.tiff'))
                self.assertNothingBeside('cut.gif')

    def check_cut_frame(self, got, whole, said):
        """The frame in which the file ends: nothing, or its first rows and the others in colour 0."""
        if not got:
            return
        frame = np.frombuffer(got, np.uint8).reshape(9, 12, 3)
        same = (frame == whole[..., :3]).all((1, 2))
        rows = int(same.sum())
        self.assertTrue(same[:rows].all() and (frame[rows:] == BASIC[0][:3]).all())
        if rows < 9:
            self.assertIn(f'note: {9 - rows} of 9 rows are missing', said)

    def test_partial_returns_the_good_frames_of_a_truncated_file(self):
        parts = [control(1, 5), image(ramp(12, 9, 8))], [control(1, 5), image(full(2))], [control(1, 5), image(full(3))]
        whole = gif(12, 9, *sum(parts, []), palette=BASIC)
        ends = [len(gif(12, 9, *sum(parts[:count], []), palette=BASIC, trailer=b'')) for count in range(4)]
        rule = gifbytes.Gif(whole).compose()
        for size in range(ends[1], len(whole)):
            with self.subTest(bytes=size):
                good = max(count for count in range(4) if ends[count] <= size)
                path = self.put('cut.gif', whole[:size])
                done = self.run_mim('convert', path, '-', '--to', 'raw', '--partial', '--color', 'rgb')
                before = b''.join(frame[..., :3].tobytes() for frame in rule[:good])
                self.assertEqual(done.stdout[:len(before)], before)
                self.check_cut_frame(done.stdout[len(before):], rule[good] if good < 3 else None, text(done.stderr))
                self.assertEqual(done.returncode, 0 if size in ends else 6)
                self.assertTrue(done.stderr, 'the damage was not reported')

    def test_other_data_are_refused(self):
        head = b',' + struct.pack('<HHHHB', 0, 0, 12, 9, 0)
        for name, data in (('empty', b''), ('six bytes', b'GIF89a'),
                           ('unknown block', gif(12, 9, b'?', image(full(1)), palette=BASIC)),
                           ('code size 0', gif(12, 9, head + b'\0\1\1\0', palette=BASIC)),
                           ('code size 13', gif(12, 9, head + b'\x0d\1\1\0', palette=BASIC)),
                           ('a code out of nowhere', gif(12, 9, head + b'\3\2\xf8\xff\0', palette=BASIC))):
            with self.subTest(name):
                self.keep_only()
                self.refuse(6, 'convert', self.put('bad.gif', data), self.path('out.tiff'))
                self.assertNothingBeside('bad.gif')

    def test_a_file_without_an_image_is_refused(self):
        for name, parts in (('bare', []), ('comment', [comment(b'x')])):
            with self.subTest(name):
                path = self.put('none.gif', gif(12, 9, *parts, palette=BASIC))
                self.refuse(6, 'convert', path, self.path('out.tiff'))
                self.assertNothingBeside('none.gif')

    def test_profiles_are_noted(self):
        profile = b'!\xff\x0bICCRGBG1012' + gifbytes.blocks(bytes(300))
        for extensions, expected in ((profile, True), (b'', False)):
            with self.subTest(expected):
                path = self.put('a.gif', gif(4, 3, extensions, image(np.zeros((3, 4))), palette=[(1, 2, 3), (4, 5, 6)]))
                notes = text(self.run_mim('convert', '--force', path, self.path('a.png')).stderr)
                self.assertEqual('the colour profile' in notes, expected)

    def test_a_huge_canvas_is_refused_but_described(self):
        data = gif(65535, 65535, image(full(1, 1, 1)), palette=[RED, BLUE])
        path = self.put('bomb.gif', data)
        facts = self.info(path)
        self.assertEqual((facts['width'], facts['height'], facts['frames']), (65535, 65535, 1))
        self.refuse(5, 'convert', path, self.path('out.tiff'))
        self.assertNothingBeside('bomb.gif')


def row(name, answers, rule):
    return f'| {name} | ' + ' | '.join(difference(answers[peer], rule) for peer in PEERS) + ' |'


def differences_of(rows):
    return '\n'.join([f'## {versions()}', '', '| file | ' + ' | '.join(PEERS) + ' |', '|---|' + '---|' * len(PEERS), *rows]) + '\n'


if __name__ == '__main__':
    tap.main()
