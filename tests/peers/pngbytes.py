# SPDX-License-Identifier: MIT
"""Makes PNG and APNG files chunk by chunk from known samples."""

import struct
import zlib

import numpy as np

SIGNATURE = b'\x89PNG\r\n\x1a\n'
GRAY, RGB, PALETTE, GRAY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GRAY: 1, RGB: 3, PALETTE: 1, GRAY_ALPHA: 2, RGBA: 4}
DEPTHS = {GRAY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GRAY_ALPHA: (8, 16), RGBA: (8, 16)}
NAMES = {GRAY: 'gray', RGB: 'rgb', PALETTE: 'palette', GRAY_ALPHA: 'graya', RGBA: 'rgba'}
PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def chunk(kind, data=b'', crc=None):
    kind = kind.encode() if isinstance(kind, str) else kind
    if crc is None:
        crc = zlib.crc32(kind + data)
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', crc)


def ihdr(width, height, depth, colour, interlace=0):
    return chunk('IHDR', struct.pack('>IIBBBBB', width, height, depth, colour, 0, 0, interlace))


def pack_row(row, depth):
    """Samples of one row (width * channels) as bytes."""
    if depth == 16:
        return row.astype('>u2').tobytes()
    if depth == 8:
        return row.astype(np.uint8).tobytes()
    bits = (row[:, None] >> np.arange(depth)[::-1]) & 1
    return np.packbits(bits.astype(np.uint8).ravel()).tobytes()


def filter_row(kind, row, above, pixel):
    """The five filters, written plainly rather than fast."""
    left = bytes(pixel) + row[:-pixel] if len(row) > pixel else bytes(len(row))
    corner = bytes(pixel) + above[:-pixel] if len(row) > pixel else bytes(len(row))
    out = bytearray([kind])
    for x, a, b, c in zip(row, left, above, corner):
        distances = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
        paeth = (a, b, c)[distances.index(min(distances))]
        out.append((x - (0, a, b, (a + b) // 2, paeth)[kind]) & 255)
    return bytes(out)


def filtered(samples, depth, interlace=0):
    """Samples (h, w, c) as filtered rows, with every filter in turn."""
    channels = samples.shape[2]
    pixel = max(1, depth * channels // 8)
    out, kind = [], 0
    for x, y, step_x, step_y in PASSES if interlace else ((0, 0, 1, 1),):
        part = samples[y::step_y, x::step_x]
        if part.size == 0:
            continue
        above = None
        for row in part:
            data = pack_row(row.reshape(-1).astype(np.int64), depth)
            out.append(filter_row(kind % 5, data, above or bytes(len(data)), pixel))
            above = data
            kind += 1
    return b''.join(out)


def pixels(samples, depth, interlace=0, level=6):
    return zlib.compress(filtered(samples, depth, interlace), level)


def idat(data, pieces=1):
    """Compressed bytes as IDAT chunks; if there are several, one is empty."""
    if pieces == 1:
        return chunk('IDAT', data)
    size = max(1, -(-len(data) // pieces))
    parts = [data[i:i + size] for i in range(0, len(data), size)]
    return b''.join(chunk('IDAT', part) for part in parts[:1] + [b''] + parts[1:])


def png(samples, depth, colour, interlace=0, before=b'', after=b'', pieces=1):
    """A whole file; `before` comes between IHDR and IDAT."""
    height, width = samples.shape[:2]
    return (SIGNATURE + ihdr(width, height, depth, colour, interlace) + before +
            idat(pixels(samples, depth, interlace), pieces) + after + chunk('IEND'))


def samples_of(colour, depth, width, height, seed=0):
    random = np.random.default_rng(seed + 100 * colour + depth)
    shape = height, width, CHANNELS[colour]
    noise = random.integers(0, 1 << depth, shape)
    ramp = (np.add.outer(np.arange(height), np.arange(width))[..., None] * 7) % (1 << depth)
    return np.where(random.random(shape) < 0.5, noise, np.broadcast_to(ramp, shape)).astype(np.int64)


def palette_of(depth, seed=0):
    return np.random.default_rng(seed + 17).integers(0, 256, (1 << depth, 3)).astype(np.uint8)


def delivered(samples, depth, colour, palette=None, transparency=None):
    """The frame that a reader returns for these samples by the specification: (h, w, c) of u8 or u16."""
    dtype = np.uint16 if depth == 16 else np.uint8
    if colour == PALETTE:
        entries = palette
        if transparency is not None:
            alpha = np.full((len(palette), 1), 255, np.uint8)
            alpha[:len(transparency), 0] = list(transparency)
            entries = np.hstack([palette, alpha])
        return entries[samples[..., 0]]
    scaled = samples * {1: 255, 2: 85, 4: 17}.get(depth, 1)
    if transparency is not None:
        clear = (samples == np.array(transparency)).all(axis=2, keepdims=True)
        scaled = np.concatenate([scaled, np.where(clear, 0, 65535 if depth == 16 else 255)], axis=2)
    return scaled.astype(dtype)


def transparency_chunk(colour, value):
    if colour == PALETTE:
        return chunk('tRNS', bytes(value))
    return chunk('tRNS', b''.join(struct.pack('>H', v) for v in value))


# animations

def actl(frames, plays=0):
    return chunk('acTL', struct.pack('>II', frames, plays))


def fctl(sequence, width, height, x=0, y=0, delay=(1, 10), dispose=0, blend=0):
    return chunk('fcTL', struct.pack('>IIIIIHHBB', sequence, width, height, x, y, *delay, dispose, blend))


def fdat(sequence, data):
    return chunk('fdAT', struct.pack('>I', sequence) + data)


class Animation:
    """An animation, built frame by frame. `hidden`: a picture that is not a frame of it."""

    def __init__(self, width, height, depth, colour, plays=0, before=b'', hidden=None):
        self.size, self.depth, self.colour, self.plays, self.before = (width, height), depth, colour, plays, before
        self.frames, self.sequence, self.body = 0, 0, b''
        self.has_picture = hidden is not None
        if self.has_picture:
            self.body = idat(pixels(hidden, depth))

    def add(self, samples, x=0, y=0, pieces=1, **control):
        height, width = samples.shape[:2]
        self.body += fctl(self.next(), width, height, x, y, **control)
        data = pixels(samples, self.depth)
        if not self.has_picture:
            self.body += idat(data, pieces)
            self.has_picture = True
        else:
            size = -(-len(data) // pieces)
            for i in range(0, len(data), size):
                self.body += fdat(self.next(), data[i:i + size])
        self.frames += 1

    def next(self):
        self.sequence += 1
        return self.sequence - 1

    def bytes(self, frames=None):
        return (SIGNATURE + ihdr(*self.size, self.depth, self.colour) +
                actl(self.frames if frames is None else frames, self.plays) + self.before + self.body + chunk('IEND'))


def over(below, above):
    """Straight alpha over straight alpha, (h, w, 4) of u8, rounded."""
    a, b = below.astype(np.int64), above.astype(np.int64)
    upper, lower = b[..., 3:] * 255, (255 - b[..., 3:]) * a[..., 3:]
    weight = upper + lower
    colour = (b[..., :3] * upper + a[..., :3] * lower + weight // 2) // np.maximum(weight, 1)
    out = np.concatenate([colour, (weight + 127) // 255], axis=2)
    return np.where(b[..., 3:] == 0, a, out).astype(np.uint8)


def compose(width, height, frames):
    """The frames of an animation by the specification: (rgba, x, y, dispose, blend) each."""
    canvas = np.zeros((height, width, 4), np.uint8)
    shown = []
    for i, (rgba, x, y, dispose, blend) in enumerate(frames):
        h, w = rgba.shape[:2]
        saved = canvas.copy()
        part = canvas[y:y + h, x:x + w]
        part[:] = over(part, rgba) if blend else rgba
        shown.append(canvas.copy())
        if dispose == 1 or (dispose == 2 and i == 0):
            canvas[y:y + h, x:x + w] = 0
        elif dispose == 2:
            canvas = saved
    return shown
