# SPDX-License-Identifier: MIT
"""Pictures, the same in every run: synthetic ones, and a photograph."""

import os

import numpy as np

# 256 x 192 pixels of a camera, three samples of 8 bits
PHOTOGRAPH = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../data/photograph.png')


def moving_bar(count=10, height=100, width=100, dtype=np.uint8):
    """The mission's ten frames: a red bar that moves to the right over black."""
    frames = []
    for i in range(count):
        frame = np.zeros((height, width, 3), dtype)
        step = width // count
        frame[:, i * step:(i + 1) * step, 0] = 255
        frames.append(frame)
    return frames


def full_colours(height=40, width=50):
    """Three full frames, red, green, blue."""
    return [np.full((height, width, 3), colour, np.uint8) for colour in ((255, 0, 0), (0, 255, 0), (0, 0, 255))]


def photograph(count=4, height=96, width=128, seed=7):
    """Gradients, soft shapes and sensor noise, drifting: as many colours as a camera would give."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    frames = []
    for i in range(count):
        planes = [
            110 + 90 * np.sin((x + 3 * i) / 31) * np.cos(y / 23),
            120 + 100 * np.cos((x - y + 2 * i) / 41),
            90 + 80 * np.sin((x * y / 900 + i) / 7) + 40 * (y / height),
        ]
        picture = np.stack(planes, axis=2) + rng.normal(0, 4, (height, width, 3))
        frames.append(np.clip(np.rint(picture), 0, 255).astype(np.uint8))
    return frames


def few_colours(count=6, height=30, width=44, colours=200, seed=3):
    """Noise of at most so many colours a frame, another palette each."""
    rng = np.random.default_rng(seed)
    frames = []
    for _ in range(count):
        palette = rng.integers(0, 256, (colours, 3), dtype=np.uint8)
        frames.append(palette[rng.integers(0, colours, (height, width))])
    return frames


def coming_and_going(count=6, height=24, width=32):
    """RGBA: a disc that moves over nothing, so that pixels turn transparent and back."""
    y, x = np.mgrid[0:height, 0:width]
    frames = []
    for i in range(count):
        frame = np.zeros((height, width, 4), np.uint8)
        inside = (x - 6 - 4 * (i % 4)) ** 2 + (y - 12) ** 2 < 36
        frame[inside] = (200, 30 * i % 256, (255 - 40 * i) % 256, 255)
        if i % 2:
            frame[2:6, 2:9] = (0, 0, 0, 255)
        frames.append(frame)
    return frames


def samples(dtype, *shape, seed=11):
    """Noise over the whole range of an integer type; of floats, values of both signs and all sizes."""
    rng = np.random.default_rng(seed)
    dtype = np.dtype(dtype)
    if dtype.kind in 'iu':
        limits = np.iinfo(dtype)
        values = rng.integers(limits.min, limits.max, shape, dtype=dtype, endpoint=True)
        values.flat[0], values.flat[-1] = limits.min, limits.max
        return values
    return (rng.normal(0, 1, shape) * 10.0 ** rng.integers(-3, 4, shape)).astype(dtype)
