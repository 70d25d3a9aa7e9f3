# SPDX-License-Identifier: MIT
"""A byte-level GIF writer for files that no program makes, a strict decoder, and SPEC's composition.

Written from the GIF89a specification and SPEC §4 alone, as the reference where programs disagree.
"""

import struct

import numpy as np

GRAY = [(v * 85, v * 85, v * 85) for v in range(4)]


class GifError(ValueError):
    pass


def table(colours):
    """A colour table padded with black to a power of two, and its size field."""
    bits = max(1, (len(colours) - 1).bit_length())
    padded = list(colours) + [(0, 0, 0)] * ((1 << bits) - len(colours))
    return bytes(value for colour in padded for value in colour), bits - 1


def blocks(data, size=255):
    """Split data into sub-blocks and append the terminator."""
    return b''.join(bytes([len(data[i:i + size])]) + data[i:i + size] for i in range(0, len(data), size)) + b'\0'


def lzw(indices, min_code, deferred=False):
    """Encode `indices` by LZW. `deferred`: never clear a full table."""
    clear, end = 1 << min_code, (1 << min_code) + 1
    out, accumulator, bit_count = bytearray(), 0, 0

    def put(code, width):
        nonlocal accumulator, bit_count
        accumulator |= code << bit_count
        bit_count += width
        while bit_count >= 8:
            out.append(accumulator & 255)
            accumulator >>= 8
            bit_count -= 8

    strings = {(i,): i for i in range(clear)}
    width, following = min_code + 1, end + 1
    put(clear, width)
    prefix = ()
    for index in indices:
        longer = prefix + (int(index),)
        if longer in strings:
            prefix = longer
            continue
        put(strings[prefix], width)
        prefix = (int(index),)
        if following < 4096:
            strings[longer] = following
            if following == 1 << width and width < 12:
                width += 1
            following += 1
        elif not deferred:
            put(clear, width)
            strings = {(i,): i for i in range(clear)}
            width, following = min_code + 1, end + 1
    if prefix:
        put(strings[prefix], width)
        if following == 1 << width and width < 12:
            width += 1
    put(end, width)
    if bit_count:
        out.append(accumulator & 255)
    return bytes(out)


def interlaced(height):
    """The order in which an interlaced image's rows are stored."""
    return [y for start, step in ((0, 8), (4, 8), (2, 4), (1, 2)) for y in range(start, height, step)]


def control(disposal=0, delay=0, transparent=None):
    return b'!\xf9\x04' + struct.pack('<BHBB', disposal << 2 | (transparent is not None), delay, transparent or 0, 0)


def image(indices, left=0, top=0, palette=None, interlace=False, min_code=None, size=255, deferred=False):
    """An image block; `indices` is a 2-D array."""
    indices = np.asarray(indices)
    height, width = indices.shape
    if min_code is None:
        colours = palette if palette is not None else [None] * (int(indices.max()) + 1)
        min_code = max(2, (max(len(colours), int(indices.max()) + 1) - 1).bit_length())
    local, bits = table(palette) if palette is not None else (b'', 0)
    flags = (0x80 | bits if palette is not None else 0) | (0x40 if interlace else 0)
    rows = indices[interlaced(height)] if interlace else indices
    head = b',' + struct.pack('<HHHHB', left, top, width, height, flags) + local
    return head + bytes([min_code]) + blocks(lzw(rows.ravel().tolist(), min_code, deferred), size)


def comment(words):
    return b'!\xfe' + blocks(words)


def netscape(loop, name=b'NETSCAPE2.0'):
    return b'!\xff\x0b' + name + b'\x03\x01' + struct.pack('<H', loop) + b'\0'


def gif(width, height, *parts, palette=None, background=0, version=b'89a', trailer=b';'):
    colours, bits = table(palette) if palette is not None else (b'', 0)
    flags = 0x70 | (0x80 | bits if palette is not None else 0)
    return b'GIF' + version + struct.pack('<HHBBB', width, height, flags, background,
                                          0) + colours + b''.join(parts) + trailer


def unlzw(data, min_code, count):
    """Decode `count` indices. Raises GifError for truncated or invalid codes."""
    if not 1 <= min_code <= 12:
        raise GifError(f'code size {min_code}')
    clear, end = 1 << min_code, (1 << min_code) + 1
    strings, width, previous = [], 0, None
    out, accumulator, bit_count = bytearray(), 0, 0

    def reset():
        return [bytes([i & 255]) for i in range(clear)] + [b'', b''], min_code + 1, None

    strings, width, previous = reset()
    for byte in data:
        accumulator |= byte << bit_count
        bit_count += 8
        while bit_count >= width:
            code = accumulator & ((1 << width) - 1)
            accumulator >>= width
            bit_count -= width
            if code == clear:
                strings, width, previous = reset()
                continue
            if code == end:
                if len(out) < count:
                    raise GifError('the image ends early')
                return bytes(out[:count])
            if previous is None:
                if code >= clear:
                    raise GifError('a code out of nowhere')
                piece = strings[code]
            elif code < len(strings):
                piece = strings[code]
            elif code == len(strings) and len(strings) < 4096:
                piece = previous + previous[:1]
            else:
                raise GifError('a code out of nowhere')
            out += piece
            if previous is not None and len(strings) < 4096:
                strings.append(previous + piece[:1])
            if len(strings) == 1 << width and width < 12:
                width += 1
            previous = piece
            if len(out) >= count:
                return bytes(out[:count])
    raise GifError('the image ends early')


class Frame:
    """One image block with the control block before it."""

    def __init__(self):
        self.left = self.top = self.width = self.height = 0
        self.palette = None
        self.interlace = False
        self.indices = None
        self.disposal, self.delay, self.transparent = 0, 0, None


class Gif:
    """The contents of a file as stored."""

    def __init__(self, data):
        self.data, self.at = data, 0
        self.frames, self.comments, self.netscape = [], [], None
        if self.take(3) != b'GIF':
            raise GifError('no GIF')
        self.version = self.take(3)
        self.width, self.height, flags, self.background, _ = struct.unpack('<HHBBB', self.take(7))
        self.palette = self.table(flags)
        self.read()

    def take(self, size):
        if self.at + size > len(self.data):
            raise GifError('the file ends early')
        self.at += size
        return self.data[self.at - size:self.at]

    def table(self, flags):
        if not flags & 0x80:
            return None
        return np.frombuffer(self.take(3 << (flags & 7) + 1), np.uint8).reshape(-1, 3)

    def chain(self):
        pieces = []
        while size := self.take(1)[0]:
            pieces.append(self.take(size))
        return pieces

    def read(self):
        control_block = (0, 0, None)
        while True:
            if self.at == len(self.data) and self.frames:
                return # without a trailer
            kind = self.take(1)
            if kind == b';':
                return
            if kind == b'!':
                label = self.take(1)[0]
                pieces = self.chain()
                if label == 0xf9:
                    flags, delay, transparent = struct.unpack('<BHB', pieces[0][:4])
                    control_block = (flags >> 2 & 7, delay, transparent if flags & 1 else None)
                elif label == 0xfe:
                    self.comments.append(b''.join(pieces))
                elif label == 0xff and pieces[0] in (b'NETSCAPE2.0', b'ANIMEXTS1.0') and pieces[1][0] == 1:
                    self.netscape = struct.unpack('<H', pieces[1][1:3])[0]
            elif kind == b',':
                frame = Frame()
                frame.disposal, frame.delay, frame.transparent = control_block
                control_block = (0, 0, None)
                frame.left, frame.top, frame.width, frame.height, flags = struct.unpack('<HHHHB', self.take(9))
                frame.palette = self.table(flags)
                frame.interlace = bool(flags & 0x40)
                min_code = self.take(1)[0]
                flat = unlzw(b''.join(self.chain()), min_code, frame.width * frame.height)
                rows = np.frombuffer(flat, np.uint8).reshape(frame.height, frame.width)
                frame.indices = np.empty_like(rows)
                frame.indices[interlaced(frame.height) if frame.interlace else slice(None)] = rows
                self.frames.append(frame)
            else:
                raise GifError(f'byte {kind!r} where a block begins')

    @property
    def loop(self):
        """Plays in total, 0 for ever."""
        return 1 if self.netscape is None else self.netscape + 1 if self.netscape else 0

    def colours(self, frame):
        """The frame's rectangle as RGBA: zeros where transparent, black for indices past the table."""
        palette = frame.palette if frame.palette is not None else self.palette
        full = np.zeros((256, 4), np.uint8)
        full[:, 3] = 255
        if palette is not None:
            full[:len(palette), :3] = palette
        if frame.transparent is not None:
            full[frame.transparent] = 0
        return full[frame.indices]

    def canvas(self):
        """(height, width): the logical screen, enlarged to the first rectangle."""
        first = self.frames[0]
        return max(self.height, first.top + first.height), max(self.width, first.left + first.width)

    def covers(self, frame, rectangle):
        """Is every pixel of the rectangle (left, top, right, bottom), within the canvas, drawn by the frame?"""
        height, width = self.canvas()
        left, top, right, bottom = rectangle
        return frame.transparent is None and frame.left <= min(left, width) and frame.top <= min(top, height) and (
            frame.left + frame.width >= min(right, width) and frame.top + frame.height >= min(bottom, height))

    def opaque(self):
        """Do the headers rule out transparency? Then frames have no alpha."""
        height, width = self.canvas()
        hole = (0, 0, width, height)
        if self.frames[0].disposal == 3:
            return False
        for frame in self.frames:
            if hole and not self.covers(frame, hole):
                return False
            if frame.disposal != 3:
                hole = None
            if frame.disposal == 2:
                hole = (frame.left, frame.top, frame.left + frame.width, frame.top + frame.height)
        return True

    def gray(self):
        """Are all colours of all tables in use gray? Transparent ones do not count if no pixel is transparent."""
        for frame in self.frames:
            colours = frame.palette if frame.palette is not None else self.palette
            if colours is None:
                continue
            if self.opaque() and frame.transparent is not None and frame.transparent < len(colours):
                colours = np.delete(colours, frame.transparent, 0)
            if not (colours == colours[:, :1]).all():
                return False
        return True

    def background_colour(self):
        """The screen's, which some programs show where browsers and mim show nothing."""
        known = self.palette is not None and self.background < len(self.palette)
        return np.array([*(self.palette[self.background] if known else (0, 0, 0)), 255], np.uint8)

    def channels(self):
        return (1 if self.gray() else 3) + (not self.opaque())

    def compose(self, blank=(0, 0, 0, 0)):
        """Every frame as RGBA, by SPEC's rule."""
        height, width = self.canvas()
        canvas = np.empty((height, width, 4), np.uint8)
        canvas[:] = blank
        composed = []
        for frame in self.frames:
            rows = slice(min(frame.top, height), min(frame.top + frame.height, height))
            columns = slice(min(frame.left, width), min(frame.left + frame.width, width))
            before = canvas.copy()
            piece = self.colours(frame)[:rows.stop - rows.start, :columns.stop - columns.start]
            canvas[rows, columns] = np.where(piece[..., 3:] == 255, piece, canvas[rows, columns])
            composed.append(canvas.copy())
            if frame.disposal == 2:
                canvas[rows, columns] = blank
            elif frame.disposal == 3:
                canvas = before
        return composed


def visible(frame):
    """The frame as RGBA with alpha 255 if it is opaque, and zeros under alpha 0."""
    frame = np.asarray(frame)
    if frame.shape[2] < 3:
        frame = np.concatenate([frame[..., :1]] * 3 + [frame[..., 1:]], axis=2)
    if frame.shape[2] == 3:
        frame = np.concatenate([frame, np.full((*frame.shape[:2], 1), 255, np.uint8)], axis=2)
    return np.where(frame[..., 3:] == 0, 0, frame).astype(np.uint8)
