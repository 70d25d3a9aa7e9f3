#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""GIF reading against gifsicle, Pillow and ffmpeg.

Frames are compared as RGBA; under alpha 0 the colour does not count. Where all three agree mim has to say the same; in
every case mim has to be what SPEC's rule gives, computed by gifbytes.Gif. Cases without agreement stand in
gif-differences.md with all answers; MIM_PEERS_UPDATE=1 writes that page anew.
"""

import io
import os
import re
import struct
import subprocess
import tempfile

import numpy as np
from PIL import Image

import gifbytes
import pictures
import tap
from gifbytes import comment, control, gif, image, netscape, visible
from peers import PeerCase, tool

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'gif-differences.md')

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)
BASIC = [(10, 20, 30), RED, GREEN, BLUE, WHITE, (90, 90, 0), (0, 90, 90), (90, 0, 90)]
OTHER = [(1, 2, 3), (250, 128, 0), (0, 250, 128), (128, 0, 250)]


def full(value, width=12, height=9):
    return np.full((height, width), value)


def checks(width, height, one, other):
    y, x = np.mgrid[0:height, 0:width]
    return np.where((x + y) % 2, one, other)


def ramp(width, height, colours):
    y, x = np.mgrid[0:height, 0:width]
    return (x + y * 3) % colours


# --- files that no program makes, or only by chance: name -> bytes, all 12 x 9 unless the point is another size


def disposal_cases():
    for disposal in range(8):
        for see_through in (False, True):
            transparent = 0 if see_through else None
            parts = [control(0, 5), image(ramp(12, 9, 8))]
            for i, (left, top) in enumerate(((1, 1), (4, 2), (5, 3), (0, 0))):
                parts += [control(disposal, 5 + i, transparent), image(checks(6, 5, i + 1, 0), left, top, min_code=3)]
            name = f'disposal {disposal}' + (', transparency' if see_through else '')
            yield name, gif(12, 9, *parts, palette=BASIC, background=4)
            # the first frame itself is disposed of
            first = [control(disposal, 5, transparent), image(ramp(12, 9, 8))]
            yield name + ', of the first frame', gif(12, 9, *first, *parts[2:], palette=BASIC, background=4)
    mixed = [control(0, 5), image(full(1))]
    for i, disposal in enumerate((3, 2, 1, 3, 3, 2, 0, 3)):
        mixed += [control(disposal, 4, 0), image(checks(5, 4, i % 7 + 1, 0), i % 6, i % 4, min_code=3)]
    yield 'disposals mixed', gif(12, 9, *mixed, palette=BASIC)
    two = [control(3, 5, 0), image(full(2)), control(3, 5, 0), image(full(3, 5, 5), 2, 2), control(0, 5, 0), image(full(4, 2, 2))]
    yield 'disposal 3 twice from the first frame', gif(12, 9, *two, palette=BASIC)


def place_cases():
    base = [control(1, 5), image(ramp(12, 9, 8))]
    yield 'offsets', gif(12, 9, *base, control(1, 5), image(full(3, 4, 4), 8, 5), palette=BASIC)
    yield 'sticks out right and below', gif(12, 9, *base, control(1, 5), image(checks(8, 8, 1, 2), 8, 5), palette=BASIC)
    yield 'sticks out and is disposed of', gif(12, 9, *base, control(2, 5), image(checks(8, 8, 1, 2), 8, 5), control(1, 5),
                                               image(full(4, 2, 2)), palette=BASIC)
    yield 'wholly outside', gif(12, 9, *base, control(1, 5), image(full(3, 4, 4), 40, 40), palette=BASIC)
    yield 'outside to the right only', gif(12, 9, *base, control(2, 5), image(full(3, 4, 4), 12, 0), palette=BASIC)
    yield 'first larger than the screen', gif(6, 5, *base, control(1, 5), image(full(3, 4, 4), 8, 5), palette=BASIC)
    yield 'first sticks out at an offset', gif(12, 9, control(1, 5), image(full(1, 8, 8), 8, 5), control(1, 5),
                                               image(full(2, 5, 5), 12, 9), palette=BASIC)
    yield 'first sticks out, disposal 2', gif(6, 5, control(2, 5), image(ramp(12, 9, 8)), control(2, 5), image(full(2, 3, 3), 1, 1),
                                              palette=BASIC, background=4)
    yield 'screen of 0 x 0', gif(0, 0, *base, palette=BASIC)
    yield 'first smaller than the screen', gif(12, 9, control(1, 5), image(full(1, 4, 4), 2, 2), control(1, 5),
                                               image(full(2, 4, 4), 6, 4), palette=BASIC, background=4)
    yield 'first smaller, disposal 2', gif(12, 9, control(2, 5), image(full(1, 4, 4), 2, 2), control(2, 5),
                                           image(full(2, 4, 4), 6, 4), palette=BASIC, background=4)
    yield 'first smaller, transparency', gif(12, 9, control(2, 5, 0), image(checks(4, 4, 0, 1), 2, 2), control(2, 5, 0),
                                             image(checks(4, 4, 0, 2), 6, 4), palette=BASIC, background=4)
    yield 'first smaller, transparency later', gif(12, 9, control(1, 5), image(full(1, 4, 4), 2, 2), control(1, 5, 0),
                                                   image(checks(4, 4, 0, 2), 6, 4), palette=BASIC, background=4)
    yield 'one pixel', gif(1, 1, image(full(1, 1, 1)), palette=BASIC)
    yield 'one row of 300', gif(300, 1, image(ramp(300, 1, 8)), palette=BASIC)


def palette_cases():
    base = [control(1, 5), image(ramp(12, 9, 8))]
    yield 'local palettes', gif(12, 9, *base, control(1, 5), image(ramp(12, 9, 4), palette=OTHER), control(1, 5),
                                image(full(2, 4, 4), 1, 1), palette=BASIC)
    yield 'local palettes only', gif(12, 9, control(1, 5), image(ramp(12, 9, 4), palette=OTHER), control(1, 5),
                                     image(full(2, 4, 4), 1, 1, palette=BASIC))
    yield 'local palettes only, disposal 2', gif(12, 9, control(2, 5), image(ramp(12, 9, 4), palette=OTHER), control(2, 5),
                                                 image(full(2, 4, 4), 1, 1, palette=BASIC), control(1, 5),
                                                 image(full(3, 2, 2), palette=BASIC))
    yield '256 colours', gif(16, 16, image(np.arange(256).reshape(16, 16)), palette=[(i, 255 - i, i ^ 85) for i in range(256)])
    yield '2 colours', gif(12, 9, image(checks(12, 9, 0, 1)), palette=[RED, BLUE])
    yield 'same colour twice', gif(12, 9, control(1, 5, 1), image(checks(12, 9, 1, 2)), palette=[RED, GREEN, GREEN, BLUE])
    yield 'background beyond the table', gif(12, 9, control(2, 5), image(ramp(12, 9, 4)), control(1, 5), image(full(1, 3, 3)),
                                             palette=OTHER, background=200)
    yield 'transparent index beyond the table', gif(12, 9, *base, control(1, 5, 255), image(full(2, 4, 4)), palette=BASIC)
    yield 'code size larger than the table', gif(12, 9, image(ramp(12, 9, 4), min_code=8), palette=OTHER)
    yield 'transparent index that no pixel has', gif(12, 9, control(1, 5, 7), image(full(1)), control(2, 5, 7), image(full(2, 4, 4)),
                                                     control(1, 5), image(full(3, 2, 2), 9, 6), palette=BASIC)
    yield 'transparency in the last frame only', gif(12, 9, *base, control(2, 5), image(full(1, 4, 4)), control(1, 5, 0),
                                                     image(checks(4, 4, 0, 1), 6, 4), palette=BASIC, background=4)
    yield 'all transparent', gif(12, 9, control(1, 5, 0), image(full(0)), control(1, 5, 0), image(full(0)), palette=BASIC)


def coding_cases():
    for height in (1, 2, 3, 4, 5, 7, 8, 9, 16, 17):
        yield f'interlaced, {height} rows', gif(5, height, image(ramp(5, height, 8), interlace=True), palette=BASIC)
    yield 'interlaced rectangle', gif(12, 9, image(full(1)), image(ramp(7, 6, 8), 2, 2, interlace=True), palette=BASIC)
    noise = np.random.default_rng(5).integers(0, 256, (120, 110))
    colours = [(i, i * 7 & 255, 255 - i) for i in range(256)]
    yield 'table full, cleared', gif(110, 120, image(noise), palette=colours)
    yield 'table full, kept', gif(110, 120, image(noise, deferred=True), palette=colours)
    yield 'sub-blocks of one byte', gif(12, 9, image(ramp(12, 9, 8), size=1), palette=BASIC)
    yield 'long runs', gif(400, 300, image(full(3, 400, 300)), palette=BASIC)
    yield 'code size 1', gif(12, 9, image(checks(12, 9, 0, 1), min_code=1), palette=[RED, BLUE])
    yield 'GIF87a', gif(12, 9, image(ramp(12, 9, 8)), image(full(2, 4, 4), 1, 1), palette=BASIC, version=b'87a')
    yield 'pixels after the image is full', gif(12, 9, image_with_surplus(), control(1, 3), image(full(1, 2, 2)), palette=BASIC)
    yield 'no end code', gif(12, 9, image_without_end(), palette=BASIC)


def image_with_surplus():
    data = gifbytes.lzw(np.concatenate([ramp(12, 9, 8).ravel(), [1, 2, 3, 4] * 20]).tolist(), 3)
    return b',' + struct.pack('<HHHHB', 0, 0, 12, 9, 0) + b'\3' + gifbytes.blocks(data)


def image_without_end():
    """All pixels are there; a literal code each and the end code left out."""
    bits = ''.join(f'{code:04b}'[::-1] for value in ramp(12, 9, 8).ravel() for code in (8, int(value)))
    bits += '0' * (-len(bits) % 8)
    data = bytes(int(bits[i:i + 8][::-1], 2) for i in range(0, len(bits), 8))
    return b',' + struct.pack('<HHHHB', 0, 0, 12, 9, 0) + b'\3' + gifbytes.blocks(data)


def timing_cases():
    three = [image(full(1)), image(full(2)), image(full(3))]
    yield 'no control block', gif(12, 9, *three, palette=BASIC)
    yield 'control block of the first only', gif(12, 9, control(2, 7, 0), *three, palette=BASIC)
    yield 'two control blocks', gif(12, 9, control(2, 7), control(1, 9), three[0], three[1], palette=BASIC)
    yield 'zero delays', gif(12, 9, *[part for piece in three for part in (control(1, 0), piece)], palette=BASIC)
    yield 'delays 1 and 65535', gif(12, 9, control(1, 1), three[0], control(1, 65535), three[1], palette=BASIC)
    yield 'comment and trailing garbage', gif(12, 9, comment(b'hello'), *three, palette=BASIC) + b'garbage' * 9
    yield 'unknown extensions', gif(12, 9, b'!\x77\x03abc\x00', three[0], b'!\xff\x0bXMP DataXMP\x04data\x00', three[1], palette=BASIC)
    yield 'plain text extension', gif(12, 9, three[0], b'!\x01\x0c' + struct.pack('<HHHHBBBB', 0, 0, 8, 8, 8, 8, 1, 2) + b'\x02hi\x00',
                                      three[1], palette=BASIC)


def own_cases():
    for family in (disposal_cases, place_cases, palette_cases, coding_cases, timing_cases):
        yield from family()


# --- files by other programs


class Makers:
    """GIFs by gifsicle, ImageMagick, Pillow and ffmpeg, in a directory that goes away."""

    def __init__(self, case):
        self.case = case
        self.stills = []
        for i, frame in enumerate(self.animation()):
            path = case.path(f'still-{i}.png')
            Image.fromarray(frame).save(path)
            self.stills.append(path)

    @staticmethod
    def animation(count=5, height=36, width=48):
        """RGBA: a ramp with a hole, a bar moving over it, a disc that comes and goes."""
        y, x = np.mgrid[0:height, 0:width]
        for i in range(count):
            frame = np.zeros((height, width, 4), np.uint8)
            frame[..., 0], frame[..., 1], frame[..., 2], frame[..., 3] = x // 8 * 40, y // 9 * 60, 100, 255
            frame[(x > 40) & (y < 6)] = 0
            frame[:, 6 * i:6 * i + 6] = (255, 0, 0, 255)
            inside = (x - 24) ** 2 + (y - 18) ** 2 < 60
            if i % 2:
                frame[inside] = 0
            yield frame

    def pillow(self):
        rgba = [Image.fromarray(frame) for frame in self.animation()]
        for mode in ('RGB', 'RGBA', 'P', 'L'):
            frames = [frame.convert(mode) for frame in rgba]
            for disposal in range(4):
                out = io.BytesIO()
                frames[0].save(out, 'GIF', save_all=True, append_images=frames[1:], duration=[40, 50, 60, 70, 80], loop=0,
                               disposal=disposal, optimize=mode == 'L' or disposal % 2 == 1)
                yield f'Pillow {mode}, disposal {disposal}', out.getvalue()
        out = io.BytesIO()
        rgba[0].convert('RGB').save(out, 'GIF', interlace=1, comment=b'still')
        yield 'Pillow still', out.getvalue()

    def magick(self):
        for dispose in ('None', 'Background', 'Previous', 'Undefined'):
            yield f'ImageMagick -dispose {dispose}', self.convert('-dispose', dispose, '-delay', '8', '-loop', '3', *self.stills)
        yield 'ImageMagick -layers optimize', self.convert('-delay', '4', '-dispose', 'None', *self.stills, '-layers', 'optimize')
        yield 'ImageMagick -layers optimize-plus', self.convert('-delay', '4', *self.stills, '-layers', 'optimize-plus')
        yield 'ImageMagick -interlace', self.convert('-interlace', 'GIF', '-delay', '4', *self.stills)
        pages = [word for i, path in enumerate(self.stills) for word in ('(', path, '-repage', f'60x50+{i * 3}+{i * 2}', ')')]
        yield 'ImageMagick -page', self.convert('-delay', '4', '-dispose', 'Previous', *pages)
        yield 'ImageMagick opaque', self.convert('-delay', '4', *self.stills, '-background', 'blue', '-alpha', 'remove')

    def convert(self, *words):
        return self.case.run_tool('convert', *words, 'gif:-')

    def gifsicle(self):
        out = io.BytesIO()
        frames = [Image.fromarray(frame) for frame in self.animation()]
        frames[0].save(out, 'GIF', save_all=True, append_images=frames[1:], duration=70, loop=2, disposal=2)
        source = self.case.put('source.gif', out.getvalue())
        for words in ('-O1', '-O2', '-O3', '-O3 --careful', '--unoptimize', '--interlace -O2', '--disposal=none', '--disposal=background',
                      '--disposal=previous', '--colors 16', '--crop 3,2+30x30 -O2', '--flip-horizontal --rotate-90', '--resize 31x23',
                      '--use-colormap web', '--logical-screen 70x60 --position 5,6', '--no-loopcount', '--delay 0',
                      '--background #00ff00 -O1', '--no-conserve-memory --lossy=40 -O3', '--no-transparent'):
            yield f'gifsicle {words}', self.case.run_tool('gifsicle', '-w', *words.split(), source)

    def ffmpeg(self):
        stills = ['-framerate', '12', '-i', self.case.path('still-%d.png')]
        for name, words in (
                ('palettegen', ['-lavfi', 'split[a][b];[a]palettegen[p];[b][p]paletteuse']),
                ('palettegen per frame', ['-lavfi', 'split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1']),
                ('fixed palette', ['-pix_fmt', 'rgb8']),
                ('gray', ['-pix_fmt', 'gray']),
                ('no flags', ['-lavfi', 'split[a][b];[a]palettegen[p];[b][p]paletteuse', '-gifflags', '-offsetting-transdiff']),
                ('offsetting', ['-lavfi', 'split[a][b];[a]palettegen[p];[b][p]paletteuse', '-gifflags', '+offsetting-transdiff', '-loop', '-1'])):
            yield f'ffmpeg {name}', self.case.run_tool('ffmpeg', '-v', 'error', *stills, *words, '-f', 'gif', '-')

    def all(self):
        for maker in (self.pillow, self.magick, self.gifsicle, self.ffmpeg):
            yield from maker()


# --- the peers' answers: a list of RGBA arrays, or a short text that says why there is none


def by_pillow(data):
    try:
        with Image.open(io.BytesIO(data)) as file:
            frames = []
            for i in range(file.n_frames):
                file.seek(i)
                frames.append(visible(np.array(file.convert('RGBA'))))
            return frames
    except Exception as error:
        return f'fails ({type(error).__name__})'


def by_gifsicle(data):
    """--unoptimize makes every frame a full one. Files with local palettes it declines; then their colours are put into a
    global one first, which loses nothing as long as there are no more than 255."""
    for words in ([], ['--colors', '255']):
        if words:
            data = subprocess.run([tool('gifsicle'), *words, '-'], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE).stdout
        done = subprocess.run([tool('gifsicle'), '--unoptimize', '-'], input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode or not done.stdout:
            return 'fails'
        if b'too complex' not in done.stderr:
            break
    else:
        return 'declines'
    answer = gifbytes.Gif(done.stdout)
    frames = []
    for frame in answer.frames:
        canvas = np.zeros((answer.height, answer.width, 4), np.uint8)
        canvas[frame.top:frame.top + frame.height, frame.left:frame.left + frame.width] = answer.colours(frame)
        frames.append(visible(canvas))
    return frames


def by_ffmpeg(data):
    """Through a file: from a pipe ffmpeg cannot find the size first. Frames are told by size; a failing decoder by its words."""
    with tempfile.NamedTemporaryFile(suffix='.gif') as file:
        file.write(data)
        file.flush()
        # the container says the size that all frames get
        done = subprocess.run([tool('ffmpeg'), '-v', 'error', '-xerror', '-i', file.name, '-f', 'image2pipe', '-c:v', 'pam',
                               '-pix_fmt', 'rgba', '-vsync', 'passthrough', '-autoscale', '0', '-'],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    frames = list(pams(done.stdout))
    if done.returncode and not frames:
        return 'fails'
    return frames


def pams(data):
    """Pictures of a PAM stream, RGBA."""
    at = 0
    while at < len(data):
        end = data.index(b'ENDHDR\n', at) + 7
        head = dict(line.split(b' ', 1) for line in data[at:end].splitlines() if b' ' in line)
        width, height = int(head[b'WIDTH']), int(head[b'HEIGHT'])
        yield visible(np.frombuffer(data, np.uint8, width * height * 4, end).reshape(height, width, 4))
        at = end + width * height * 4


PEERS = {'gifsicle': by_gifsicle, 'Pillow': by_pillow, 'ffmpeg': by_ffmpeg}


def same(one, other):
    if isinstance(one, str) or isinstance(other, str) or len(one) != len(other):
        return False
    return all(a.shape == b.shape and a.tobytes() == b.tobytes() for a, b in zip(one, other))


def parting(answer, rule):
    """Where an answer leaves the rule, in a few words."""
    if isinstance(answer, str):
        return answer
    if len(answer) != len(rule):
        return f'{len(answer)} frames instead of {len(rule)}'
    for i, (got, expected) in enumerate(zip(answer, rule)):
        if got.shape != expected.shape:
            return f'frame {i} is {got.shape[1]}x{got.shape[0]}'
        differ = np.argwhere((got != expected).any(axis=2))
        if len(differ):
            y, x = differ[0]
            return f'frame {i} ({x},{y}) {colour(got[y, x])}, not {colour(expected[y, x])}; {len(differ)} pixels'
    return 'the same'


def colour(pixel):
    return 'clear' if pixel[3] == 0 else '#' + ''.join(f'{value:02x}' for value in pixel[:3])


class GifReading(PeerCase):
    def cases(self):
        yield from own_cases()
        yield from Makers(self).all()

    def test_frames_are_the_rule_s_and_the_peers(self):
        rows = []
        for name, data in self.cases():
            rule = [visible(frame) for frame in gifbytes.Gif(data).compose()]
            answers = {peer: ask(data) for peer, ask in PEERS.items()}
            if not all(same(answer, rule) for answer in answers.values()):
                rows.append(row(name, answers, rule))
            with self.subTest(name):
                first = answers['gifsicle']
                if all(same(answer, first) for answer in answers.values()):
                    self.assertEqual(parting(first, rule), 'the same', 'the peers agree and the rule says otherwise')
                got = self.pixels(self.put('case.gif', data))
                self.assertEqual(parting([visible(frame) for frame in got], rule), 'the same')
        with self.subTest('gif-differences.md says what the peers say'):
            self.check_page(rows)

    def check_page(self, rows):
        page = differences_page(rows)
        if os.environ.get('MIM_PEERS_UPDATE'):
            with open(PAGE, 'w', encoding='utf-8') as out:
                out.write(page)
        with open(PAGE, encoding='utf-8') as kept:
            kept = kept.read()
        if versions() in kept:
            self.assertEqual(kept, page)
        else: # other programs answer otherwise; then only mim's own answers are held, above
            print(f'# gif-differences.md is about other versions than {versions()}')

    def test_channels_are_three_when_nothing_can_show_through(self):
        for name, data in self.cases():
            with self.subTest(name):
                judge = gifbytes.Gif(data)
                facts = self.info(self.put('case.gif', data))
                self.assertEqual(facts['channels'], 3 if judge.opaque() else 4)
                self.assertEqual({frame['channels'] for frame in facts['each']}, {facts['channels']})
                self.assertEqual((facts['height'], facts['width']), judge.canvas())
                self.assertEqual(facts['frames'], len(judge.frames))
                self.assertEqual(facts['sample'], 'u8')

    def test_timing_and_loop_are_the_file_s(self):
        for name, data in self.cases():
            with self.subTest(name):
                judge = gifbytes.Gif(data)
                facts = self.info(self.put('case.gif', data))
                durations = [frame['duration'] for frame in facts['each']]
                self.assertEqual([round(value * 100, 6) for value in durations], [frame.delay for frame in judge.frames])
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

    def test_metadata_says_what_the_blocks_say(self):
        data = gif(20, 10, comment(b'made by hand'), control(2, 7, 3), image(full(1), 1, 1, interlace=True), control(1, 7),
                   image(full(2, 4, 4), 2, 3, palette=OTHER), palette=BASIC, background=4)
        facts = self.info(self.put('meta.gif', data))
        self.assertEqual(facts['metadata']['comment'], 'made by hand')
        self.assertIn('89a', str(facts['metadata']['version']))
        self.assertIn('background', facts['metadata'])
        first, second = (frame['metadata'] for frame in facts['each'])
        self.assertIn('disposal', first)
        self.assertNotEqual(first['disposal'], second['disposal'])
        self.assertEqual(bool(first['interlaced']) and first['interlaced'] != 'no', True)

    def test_a_frame_by_itself_is_that_of_the_scan(self):
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

    def test_a_pipe_gives_the_same_pictures_with_alpha(self):
        for name, data in disposal_cases():
            with self.subTest(name):
                judge = gifbytes.Gif(data)
                raw = self.mim('convert', '-', '-', '--to', 'raw', data=data)
                height, width = judge.canvas()
                got = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 4)
                self.assertEqual(parting(list(map(visible, got)), list(map(visible, judge.compose()))), 'the same')

    def test_no_palette_at_all_is_read_or_refused_and_never_crashes(self):
        path = self.put('bare.gif', gif(12, 9, image(ramp(12, 9, 4), min_code=2)))
        done = self.run_mim('convert', path, '-', '--to', 'raw')
        self.assertIn(done.returncode, (0, 6), done.stderr)

    def test_index_beyond_the_table_is_black(self):
        data = gif(12, 9, image(ramp(12, 9, 8), min_code=3), palette=OTHER)
        got = self.pixels(self.put('beyond.gif', data))
        self.assertSameFrames([visible(frame) for frame in got], [visible(frame) for frame in gifbytes.Gif(data).compose()])

    def test_a_cut_file_is_never_all_frames(self):
        data = gif(12, 9, netscape(0), comment(b'c'), control(1, 5), image(ramp(12, 9, 8)), control(2, 6, 0),
                   image(checks(4, 4, 0, 1), 6, 4, palette=OTHER), palette=BASIC)
        for size in range(len(data)):
            with self.subTest(bytes=size):
                self.refuse(6, 'convert', self.put('cut.gif', data[:size]), self.path('out.tiff'))
                self.assertNothingBeside('cut.gif')

    def test_a_cut_file_gives_its_good_frames_when_asked(self):
        parts = [control(1, 5), image(ramp(12, 9, 8))], [control(1, 5), image(full(2))], [control(1, 5), image(full(3))]
        whole = gif(12, 9, *sum(parts, []), palette=BASIC)
        ends = [len(gif(12, 9, *sum(parts[:count], []), palette=BASIC, trailer=b'')) for count in range(4)]
        rule = gifbytes.Gif(whole).compose()
        for size in range(ends[1], len(whole)):
            with self.subTest(bytes=size):
                good = max(count for count in range(4) if ends[count] <= size)
                path = self.put('cut.gif', whole[:size])
                done = self.run_mim('convert', path, '-', '--to', 'raw', '--partial', '--color', 'rgb')
                self.assertIn(done.returncode, (0, 6))
                self.assertEqual(done.stdout, b''.join(frame[..., :3].tobytes() for frame in rule[:good]))
                self.assertTrue(done.stderr, 'nothing was said of the damage')

    def test_what_is_no_gif_is_refused(self):
        for name, data in (('empty', b''), ('six bytes', b'GIF89a'), ('no image', gif(12, 9, palette=BASIC)),
                           ('no image, comment', gif(12, 9, comment(b'x'), palette=BASIC)),
                           ('unknown block', gif(12, 9, b'?', image(full(1)), palette=BASIC)),
                           ('code size 0', gif(12, 9, b',' + struct.pack('<HHHHB', 0, 0, 12, 9, 0) + b'\0\1\1\0', palette=BASIC)),
                           ('code size 12', gif(12, 9, b',' + struct.pack('<HHHHB', 0, 0, 12, 9, 0) + b'\x0c\1\1\0', palette=BASIC)),
                           ('a code out of nowhere', gif(12, 9, b',' + struct.pack('<HHHHB', 0, 0, 12, 9, 0) + b'\3\2\xf8\xff\0', palette=BASIC))):
            with self.subTest(name):
                self.refuse(6, 'convert', self.put('bad.gif', data), self.path('out.tiff'))
                self.assertNothingBeside('bad.gif')

    def test_a_tiny_file_with_a_huge_canvas_is_refused_and_described(self):
        data = gif(65535, 65535, image(full(1, 1, 1)), palette=[RED, BLUE])
        path = self.put('bomb.gif', data)
        facts = self.info(path)
        self.assertEqual((facts['width'], facts['height'], facts['frames']), (65535, 65535, 1))
        self.refuse(5, 'convert', path, self.path('out.tiff'))
        self.assertNothingBeside('bomb.gif')


def versions():
    first = lambda *words: subprocess.run([tool(words[0]), *words[1:]], stdout=subprocess.PIPE, text=True).stdout.splitlines()[0]
    ffmpeg = re.search(r'version (\d+\.\d+)', first('ffmpeg', '-version')).group(1)
    return f'{first("gifsicle", "--version")}, Pillow {Image.__version__}, ffmpeg {ffmpeg}'


def row(name, answers, rule):
    return f'| {name} | ' + ' | '.join(parting(answers[peer], rule) for peer in PEERS) + ' |'


def differences_page(rows):
    return '\n'.join([
        '# Where GIF readers differ',
        '',
        f'{versions()}. Written and checked by test_gif_read.py.',
        'Each row is a file of its matrix on which not all of them agree; all other files come out the same in all of them and in mim.',
        'A cell says where a program leaves what mim gives: the first pixel, and how many pixels of that frame.',
        'mim follows one rule in all of them: the canvas is the logical screen, enlarged to the first rectangle; it starts clear;',
        'disposal 2 leaves it clear if any frame of the file has a transparent index, else in the background colour;',
        'disposals 4 to 7 keep the picture.',
        '',
        '| file | ' + ' | '.join(PEERS) + ' |',
        '|---|' + '---|' * len(PEERS),
        *rows,
    ]) + '\n'


if __name__ == '__main__':
    tap.main()
