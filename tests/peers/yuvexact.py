# SPDX-License-Identifier: MIT
"""YUV to RGB by the formula, in floating point, of pictures that the ffmpeg command decodes."""

import re

import numpy as np

PARTS = {'bt709': (0.2126, 0.0722), 'bt470bg': (0.299, 0.114), 'smpte170m': (0.299, 0.114), 'bt2020nc': (0.2627, 0.0593),
         'bt2020c': (0.2627, 0.0593), 'smpte240m': (0.212, 0.087), 'fcc': (0.3, 0.11)}  # of red and blue in luma
SUBSAMPLING = {'420': (2, 2), '422': (2, 1), '444': (1, 1), '440': (1, 2)}
CHANNELS = {'rgb24': (3, 255), 'rgba': (4, 255), 'gray': (1, 255), 'rgb48le': (3, 65535), 'rgba64le': (4, 65535), 'gray16le': (1, 65535)}
PLANAR = {'nv12': 'yuv420p', 'nv21': 'yuv420p', 'yuyv422': 'yuv422p', 'uyvy422': 'yuv422p'}  # the same samples in planes
BT601_CODECS = ('mjpeg', 'vp8', 'webp')


class Layout:
    """The planes of a pixel format."""

    def __init__(self, alpha, subsampling, depth, is_full_by_default):
        self.has_alpha, self.depth, self.is_full_by_default = alpha, depth, is_full_by_default
        self.columns, self.rows = SUBSAMPLING[subsampling] if subsampling else (0, 0)

    def shapes(self, height, width):
        chroma = [(-(-height // self.rows), -(-width // self.columns))] * 2 if self.rows else []
        return [(height, width), *chroma, *([(height, width)] if self.has_alpha else [])]


def layout_of(name):
    """None unless mim converts the format by the formula."""
    yuv = re.fullmatch(r'yuv(j|a)?(420|422|444|440)p(9|10|12|14|16)?(?:le)?', name)
    gray = re.fullmatch(r'gray(9|10|12|14)?(?:le)?', name)
    if yuv:
        return Layout(yuv[1] == 'a', yuv[2], int(yuv[3] or 8), yuv[1] == 'j')
    return Layout(False, '', int(gray[1] or 8), True) if gray else None


def described(log):
    """The format, size, range and matrix of the pictures that `ffmpeg -v info` decodes, from its messages."""
    stream = re.search(r'Output #0.*?Video: rawvideo(?: \([^)]*\))?, (\w+)(?:\(([^)]*)\))?.*?, (\d+)x(\d+)', log, re.S)
    codec = re.search(r'Stream #\d+:\d+[^\n]* -> [^\n]*\((\w+) \(', log) or re.search(r'Video: (\w+)', log)
    words = re.split(r'[,/] ?', stream[2] or '')
    height, width = int(stream[4]), int(stream[3])
    is_large = (width >= 1280 or height > 576) and codec[1] not in BT601_CODECS
    matrix = next((word for word in words if word in PARTS), 'bt709' if is_large else 'smpte170m')
    return stream[1], (height, width), {'tv': False, 'pc': True}.get(words[0]), matrix


def enlarge_rows(plane, height):
    """By the bicubic filter of swscale, whose samples lie between two rows of luma."""
    def weight(distance):
        x = abs(distance)
        return (8.4 * x ** 3 - 14.4 * x ** 2 + 6) / 6 if x < 1 else (-3.6 * x ** 3 + 18 * x ** 2 - 28.8 * x + 14.4) / 6
    y = np.arange(height)
    place = (y - 0.5) / 2
    result = 0
    for tap in range(-1, 3):
        row = np.floor(place).astype(int) + tap
        result = result + plane[np.clip(row, 0, len(plane) - 1)] * np.vectorize(weight)(place - row)[:, None]
    return result


def convert(planes, layout, is_full, matrix, pixel):
    """One picture as floating point samples: (height, width, channels)."""
    channels, top = CHANNELS[pixel]
    step, last = 2.0 ** (layout.depth - 8), 2.0 ** layout.depth - 1
    (height, width), red_part, blue_part = planes[0].shape, *PARTS[matrix]
    luma = planes[0] / last if is_full else (planes[0] - 16 * step) / (219 * step)
    red = green = blue = luma
    if layout.rows and channels > 1:
        is_repeated = layout.depth == 8 and top == 255 and layout.columns == 2 and height % 2 == 0
        u, v = (np.clip(plane if layout.rows == 1 else plane.repeat(2, 0) if is_repeated else enlarge_rows(plane, height), 0, last)
                .repeat(layout.columns, 1)[:height, :width] for plane in planes[1:3])
        u, v = ((plane - 128 * step) / (last if is_full else 224 * step) for plane in (u, v))
        red = luma + 2 * (1 - red_part) * v
        blue = luma + 2 * (1 - blue_part) * u
        green = (luma - red_part * red - blue_part * blue) / (1 - red_part - blue_part)
    alpha = planes[-1] / last if layout.has_alpha else np.ones_like(luma)
    return np.clip(np.stack([red, green, blue, alpha][:channels], axis=2), 0, 1) * top


def convert_all(raw, layout, size, is_full, matrix, pixel):
    """All pictures, one after the other."""
    shapes = layout.shapes(*size)
    samples = np.frombuffer(raw, '<u2' if layout.depth > 8 else np.uint8).reshape(-1, sum(map(np.prod, shapes)))
    ends = np.cumsum([np.prod(shape) for shape in shapes])[:-1]
    is_full = layout.is_full_by_default if is_full is None else is_full
    return [convert([part.reshape(shape).astype(float) for part, shape in zip(np.split(picture, ends), shapes)], layout,
                    is_full, matrix, pixel) for picture in samples]
