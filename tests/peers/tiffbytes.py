# SPDX-License-Identifier: MIT
"""Makes TIFF files byte by byte: any tags and byte order, classic or BigTIFF."""

import struct

import numpy as np

BYTE, ASCII, SHORT, LONG, RATIONAL, LONG8 = 1, 2, 3, 4, 5, 16
FORMATS = {BYTE: 'B', ASCII: 's', SHORT: 'H', LONG: 'I', RATIONAL: 'II', LONG8: 'Q'}
SIZES = {BYTE: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, LONG8: 8}
STRIP_OFFSETS, STRIP_COUNTS = 273, 279


def pack(values, bits):
    """Rows of samples (height, samples a row) as big-endian bits, each row starting on a byte."""
    values = np.asarray(values, np.uint64)
    shifts = np.arange(bits - 1, -1, -1, dtype=np.uint64)
    flags = (values[..., None] >> shifts & np.uint64(1)).astype(np.uint8)
    return np.packbits(flags.reshape(values.shape[0], -1), axis=1).tobytes()


def page(width, height, strips, bits=(8,), photometric=1, rows=None, **tags):
    """One page: its strips as bytes and its tags; `tags` adds or replaces, as in t317=(SHORT, [2])."""
    entries = {
        256: (LONG, [width]), 257: (LONG, [height]), 258: (SHORT, list(bits)), 259: (SHORT, [1]),
        262: (SHORT, [photometric]),
        277: (SHORT, [len(bits)]), 278: (LONG, [rows or height]),
    }
    entries.update({int(name[1:]): value for name, value in tags.items()})
    return {tag: value for tag, value in entries.items() if value is not None}, list(strips)


def tiff(pages, order='<', big=False, last=0):
    """The file, without unused bytes: data first, then the tags' values, then the directory, page after page.

    `last` is the next-directory offset of the last page, or 'first', 'itself' for a loop.
    """
    pointer, offset_type = ('Q', LONG8) if big else ('I', LONG)
    mark = b'II' if order == '<' else b'MM'
    out = bytearray(mark + (struct.pack(order + 'HHHQ', 43, 8, 0, 0) if big else struct.pack(order + 'HI', 42, 0)))
    link = len(out) - struct.calcsize(pointer)
    first = None
    for tags, strips in pages:
        offsets = []
        for strip in strips:
            offsets.append(len(out))
            out += strip
        entries = dict(tags)
        entries.setdefault(STRIP_OFFSETS, (offset_type, offsets))
        entries.setdefault(STRIP_COUNTS, (offset_type, [len(strip) for strip in strips]))
        rows = [entry(out, order, big, tag, *entries[tag]) for tag in sorted(entries)]
        out += b'\0' * (len(out) % 2)
        here = len(out)
        first = here if first is None else first
        struct.pack_into(order + pointer, out, link, here)
        out += struct.pack(order + ('Q' if big else 'H'), len(rows)) + b''.join(rows)
        link = len(out)
        out += bytes(struct.calcsize(pointer))
    struct.pack_into(order + pointer, out, link, {'first': first, 'itself': here}.get(last, last))
    return bytes(out)


def entry(out, order, big, tag, kind, values):
    """A directory entry; a value that does not fit into it is appended to the file."""
    if kind == ASCII:
        data, count = bytes(values), len(values)
    else:
        data = struct.pack(f'{order}{len(values) * len(FORMATS[kind])}{FORMATS[kind][0]}',
                           *values) if kind != RATIONAL else \
            struct.pack(f'{order}{len(values)}I', *values)
        count = len(data) // SIZES[kind]
    capacity = 8 if big else 4
    if len(data) > capacity:
        out += b'\0' * (len(out) % 2)
        place = len(out)
        out += data
        data = struct.pack(order + ('Q' if big else 'I'), place)
    return struct.pack(order + ('HHQ' if big else 'HHI'), tag, kind, count) + data.ljust(capacity, b'\0')


def many_pages(count):
    """A chain of `count` pages of one u8 pixel each, with ascending values, made quickly."""
    tags = [(256, SHORT, 1), (257, SHORT, 1), (258, SHORT, 8), (259, SHORT, 1), (262, SHORT, 1), (273, LONG, 0),
            (277, SHORT, 1),
            (278, SHORT, 1), (279, LONG, 1)]
    fixed = struct.pack('<H', len(tags)) + b''.join(struct.pack('<HHII', tag, kind, 1, value) for tag, kind,
                                                    value in tags)
    size = len(fixed) + 4 + 2
    block = np.frombuffer(fixed + bytes(6), np.uint8)
    pages = np.tile(block, (count, 1))
    starts = 8 + size * np.arange(count, dtype=np.int64)
    place = 2 + 12 * 5 + 8 # the value of tag 273
    pages[:, place:place + 4] = (starts + size - 2).astype('<u4').view(np.uint8).reshape(count, 4)
    following = np.append(starts[1:], 0).astype('<u4')
    pages[:, size - 6:size - 2] = following.view(np.uint8).reshape(count, 4)
    pages[:, size - 2] = np.arange(count) & 255
    return b'II' + struct.pack('<HI', 42, 8) + pages.tobytes()


def plain(array, order='<', photometric=None, rows=None, **tags):
    """The page of a plain array (height, width[, channels]) of u8, u16 or u32."""
    array = np.asarray(array)
    height, width = array.shape[:2]
    channels = array.shape[2] if array.ndim == 3 else 1
    data = array.astype(array.dtype.newbyteorder(order))
    rows = rows or height
    strips = [data[y:y + rows].tobytes() for y in range(0, height, rows)]
    bits = (array.dtype.itemsize * 8,) * channels
    if photometric is None:
        photometric = 2 if channels in (3, 4) else 1
    extra = channels - (3 if photometric == 2 else 1)
    if extra > 0:
        tags.setdefault('t338', (SHORT, [2 if i == 0 and channels in (2, 4) else 0 for i in range(extra)]))
    return page(width, height, strips, bits, photometric, rows, **tags)
