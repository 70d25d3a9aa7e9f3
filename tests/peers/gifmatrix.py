# SPDX-License-Identifier: MIT
"""GIFs to read: files that no program makes, and files made by gifsicle, ImageMagick, Pillow and ffmpeg.

All generators yield pairs of a name and the file's bytes. Images made here are 12 x 9 unless a case needs another size.
"""

import io
import struct

import numpy as np
from PIL import Image

import gifbytes
from gifbytes import comment, control, gif, image

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
    two = [control(3, 5, 0), image(full(2)), control(3, 5, 0), image(full(3, 5, 5), 2, 2), control(0, 5, 0),
           image(full(4, 2, 2))]
    yield 'disposal 3 twice from the first frame', gif(12, 9, *two, palette=BASIC)


def place_cases():
    base = [control(1, 5), image(ramp(12, 9, 8))]
    yield 'offsets', gif(12, 9, *base, control(1, 5), image(full(3, 4, 4), 8, 5), palette=BASIC)
    yield 'sticks out right and below', gif(12, 9, *base, control(1, 5), image(checks(8, 8, 1, 2), 8, 5), palette=BASIC)
    yield 'sticks out and is disposed of', gif(12, 9, *base, control(2, 5), image(checks(8, 8, 1, 2), 8, 5),
                                               control(1, 5),
                                               image(full(4, 2, 2)), palette=BASIC)
    yield 'wholly outside', gif(12, 9, *base, control(1, 5), image(full(3, 4, 4), 40, 40), palette=BASIC)
    yield 'outside to the right only', gif(12, 9, *base, control(2, 5), image(full(3, 4, 4), 12, 0), palette=BASIC)
    yield 'first larger than the screen', gif(6, 5, *base, control(1, 5), image(full(3, 4, 4), 8, 5), palette=BASIC)
    yield 'first sticks out at an offset', gif(12, 9, control(1, 5), image(full(1, 8, 8), 8, 5), control(1, 5),
                                               image(full(2, 5, 5), 12, 9), palette=BASIC)
    yield 'first sticks out, disposal 2', gif(6, 5, control(2, 5), image(ramp(12, 9, 8)), control(2, 5),
                                              image(full(2, 3, 3), 1, 1),
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
    yield 'local palettes only, disposal 2', gif(12, 9, control(2, 5), image(ramp(12, 9, 4), palette=OTHER),
                                                 control(2, 5),
                                                 image(full(2, 4, 4), 1, 1, palette=BASIC), control(1, 5),
                                                 image(full(3, 2, 2), palette=BASIC))
    yield '256 colours', gif(16, 16, image(np.arange(256).reshape(16, 16)),
                             palette=[(i, 255 - i, i ^ 85) for i in range(256)])
    yield '2 colours', gif(12, 9, image(checks(12, 9, 0, 1)), palette=[RED, BLUE])
    yield 'same colour twice', gif(12, 9, control(1, 5, 1), image(checks(12, 9, 1, 2)),
                                   palette=[RED, GREEN, GREEN, BLUE])
    yield 'background beyond the table', gif(12, 9, control(2, 5), image(ramp(12, 9, 4)), control(1, 5),
                                             image(full(1, 3, 3)),
                                             palette=OTHER, background=200)
    yield 'transparent index beyond the table', gif(12, 9, *base, control(1, 5, 255), image(full(2, 4, 4)),
                                                    palette=BASIC)
    yield 'code size larger than the table', gif(12, 9, image(ramp(12, 9, 4), min_code=8), palette=OTHER)
    yield 'transparent index that no pixel has', gif(12, 9, control(1, 5, 7), image(full(1)), control(2, 5, 7),
                                                     image(full(2, 4, 4)),
                                                     control(1, 5), image(full(3, 2, 2), 9, 6), palette=BASIC)
    yield 'transparency in the last frame only', gif(12, 9, *base, control(2, 5), image(full(1, 4, 4)),
                                                     control(1, 5, 0),
                                                     image(checks(4, 4, 0, 1), 6, 4), palette=BASIC, background=4)
    yield 'all transparent', gif(12, 9, control(1, 5, 0), image(full(0)), control(1, 5, 0), image(full(0)),
                                 palette=BASIC)


def gray_cases():
    grays = [(v * 30, v * 30, v * 30) for v in range(8)]
    shades = [(v * 30, v * 30, v * 30 + (v == 7)) for v in range(8)]
    base = image(ramp(12, 9, 8))
    yield 'gray', gif(12, 9, base, image(full(2, 4, 4), 1, 1), palette=grays)
    yield 'gray, transparent', gif(12, 9, control(1, 5, 0), base, image(full(2, 4, 4), 1, 1), palette=grays)
    yield 'gray over opaque pixels', gif(12, 9, base, control(1, 5, 0), image(checks(4, 4, 0, 3), 1, 1), palette=grays)
    yield 'gray, one colour at the end', gif(12, 9, base, palette=shades)
    yield 'gray, coloured where transparent', gif(12, 9, control(1, 5, 7), base, palette=shades)
    yield 'gray, a coloured local table', gif(12, 9, base, image(full(2, 4, 4), 1, 1, palette=OTHER), palette=grays)
    yield 'gray local tables only', gif(12, 9, image(ramp(12, 9, 8), palette=grays), palette=BASIC)


def opaque_cases():
    base = image(ramp(12, 9, 8))
    small = image(full(2, 4, 4), 3, 2)
    for first, second in ((1, 1), (2, 1), (2, 2), (2, 3), (3, 1), (1, 2), (1, 3)):
        for name, cover in (('whole', image(ramp(12, 9, 7))), ('part', small)):
            for index in (None, 0):
                yield (f'disposals {first} and {second}, {name}' + (', transparent index' if index == 0 else ''),
                       gif(12, 9, control(first, 5), base, control(second, 5, index), cover, control(0, 5), small,
                           palette=BASIC, background=4))
    yield 'a hole that a larger rectangle covers', gif(12, 9, base, control(2, 5), small, control(1, 5),
                                                       image(full(3, 6, 6), 2, 1), palette=BASIC)


def coding_cases():
    for bits in range(9, 13):
        yield f'code size {bits}', gif(12, 9, image(ramp(12, 9, 8), min_code=bits), palette=BASIC)
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
    yield 'pixels after the image is full', gif(12, 9, image_with_surplus(), control(1, 3), image(full(1, 2, 2)),
                                                palette=BASIC)
    yield 'no end code', gif(12, 9, image_without_end(), palette=BASIC)


def image_with_surplus():
    data = gifbytes.lzw(np.concatenate([ramp(12, 9, 8).ravel(), [1, 2, 3, 4] * 20]).tolist(), 3)
    return b',' + struct.pack('<HHHHB', 0, 0, 12, 9, 0) + b'\3' + gifbytes.blocks(data)


def image_without_end():
    """Every pixel as a literal code, without the end code."""
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
    yield 'unknown extensions', gif(12, 9, b'!\x77\x03abc\x00', three[0], b'!\xff\x0bXMP DataXMP\x04data\x00', three[1],
                                    palette=BASIC)
    yield 'plain text extension', gif(12, 9, three[0], b'!\x01\x0c' + struct.pack('<HHHHBBBB', 0, 0, 8, 8, 8, 8, 1,
        2) + b'\x02hi\x00',
                                      three[1], palette=BASIC)


def own_cases():
    for family in (disposal_cases, place_cases, palette_cases, gray_cases, opaque_cases, coding_cases, timing_cases):
        yield from family()


class Makers:
    """GIFs made by gifsicle, ImageMagick, Pillow and ffmpeg in the temporary directory of a case."""

    def __init__(self, case):
        self.case = case
        self.stills = []
        for i, frame in enumerate(self.animation()):
            path = case.path(f'still-{i}.png')
            Image.fromarray(frame).save(path)
            self.stills.append(path)

    @staticmethod
    def animation(count=5, height=36, width=48):
        """RGBA: a ramp with a hole, a moving bar, and a disc that appears and vanishes."""
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
                frames[0].save(out, 'GIF', save_all=True, append_images=frames[1:], duration=[40, 50, 60, 70, 80],
                               loop=0,
                               disposal=disposal, optimize=mode == 'L' or disposal % 2 == 1)
                yield f'Pillow {mode}, disposal {disposal}', out.getvalue()
        out = io.BytesIO()
        rgba[0].convert('RGB').save(out, 'GIF', interlace=1, comment=b'still')
        yield 'Pillow still', out.getvalue()

    def magick(self):
        for dispose in ('None', 'Background', 'Previous', 'Undefined'):
            yield f'ImageMagick -dispose {dispose}', self.convert('-dispose', dispose, '-delay', '8', '-loop', '3',
                                                                  *self.stills)
        yield 'ImageMagick -layers optimize', self.convert('-delay', '4', '-dispose', 'None', *self.stills, '-layers',
                                                           'optimize')
        yield 'ImageMagick -layers optimize-plus', self.convert('-delay', '4', *self.stills, '-layers', 'optimize-plus')
        yield 'ImageMagick -interlace', self.convert('-interlace', 'GIF', '-delay', '4', *self.stills)
        pages = [word for i, path in enumerate(self.stills)
                 for word in ('(', path, '-repage', f'60x50+{i * 3}+{i * 2}', ')')]
        yield 'ImageMagick -page', self.convert('-delay', '4', '-dispose', 'Previous', *pages)
        yield 'ImageMagick opaque', self.convert('-delay', '4', *self.stills, '-background', 'blue', '-alpha', 'remove')

    def convert(self, *words):
        return self.case.run_tool('convert', *words, 'gif:-')

    def gifsicle(self):
        out = io.BytesIO()
        frames = [Image.fromarray(frame) for frame in self.animation()]
        frames[0].save(out, 'GIF', save_all=True, append_images=frames[1:], duration=70, loop=2, disposal=2)
        source = self.case.put('source.gif', out.getvalue())
        for words in ('-O1', '-O2', '-O3', '-O3 --careful', '--unoptimize', '--interlace -O2', '--disposal=none',
                      '--disposal=background',
                      '--disposal=previous', '--colors 16', '--crop 3,2+30x30 -O2', '--flip-horizontal --rotate-90',
                      '--resize 31x23',
                      '--use-colormap web', '--logical-screen 70x60 --position 5,6', '--no-loopcount', '--delay 0',
                      '--background #00ff00 -O1', '--no-conserve-memory --lossy=40 -O3', '--no-transparent'):
            yield f'gifsicle {words}', self.case.run_tool('gifsicle', '-w', *words.split(), source)

    def ffmpeg(self):
        stills = ['-framerate', '12', '-i', self.case.path('still-%d.png')]
        for name, words in (
                ('palettegen', ['-lavfi', 'split[a][b];[a]palettegen[p];[b][p]paletteuse']),
                ('palettegen per frame', ['-lavfi',
                                          'split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1']),
                ('fixed palette', ['-pix_fmt', 'rgb8']),
                ('gray', ['-pix_fmt', 'gray']),
                ('no flags', ['-lavfi', 'split[a][b];[a]palettegen[p];[b][p]paletteuse', '-gifflags',
                              '-offsetting-transdiff']),
                ('offsetting', ['-lavfi', 'split[a][b];[a]palettegen[p];[b][p]paletteuse', '-gifflags',
                                '+offsetting-transdiff', '-loop', '-1'])):
            yield f'ffmpeg {name}', self.case.run_tool('ffmpeg', '-v', 'error', *stills, *words, '-f', 'gif', '-')

    def all(self):
        for maker in (self.pillow, self.magick, self.gifsicle, self.ffmpeg):
            yield from maker()
