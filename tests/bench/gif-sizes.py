#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Converts GIFs to GIF and compares the sizes with those of the sources and of gifsicle -O3 -Okeep-empty.

Usage: gif-sizes.py FILE_OR_DIRECTORY...

gifsicle drops frames that equal the one before without -Okeep-empty; mim keeps every frame.
MIM names the command. Pillow compares the composed frames and their delays; a difference fails.
"""

import os
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

MIM = os.environ.get('MIM', 'mim')
WORST = 10


def gifs(paths):
    """The GIFs under the paths, each content once."""
    seen = set()
    for path in paths:
        names = [os.path.join(folder, name) for folder, _, files in os.walk(path) for name in files] or [path]
        for name in sorted(name for name in names if name.endswith('.gif')):
            with open(name, 'rb') as file:
                data = file.read()
            if data not in seen:
                seen.add(data)
                yield name


def frames(path):
    """Composed pixels and delays. Colours under alpha 0 are black."""
    answer = []
    with Image.open(path) as file:
        for i in range(file.n_frames):
            file.seek(i)
            pixels = np.array(file.convert('RGBA'))
            pixels[pixels[..., 3] == 0] = 0
            answer.append((pixels.shape, pixels.tobytes(), file.info.get('duration', 0)))
    return answer


def measure(path, folder):
    """Sizes of the source, gifsicle's output and mim's, and the number of frames."""
    theirs, ours = os.path.join(folder, 'theirs.gif'), os.path.join(folder, 'ours.gif')
    subprocess.run(['gifsicle', '-O3', '-Okeep-empty', path, '-o', theirs], check=True, stderr=subprocess.DEVNULL)
    subprocess.run([MIM, 'convert', '-q', '-f', path, ours], check=True)
    source = frames(path)
    if frames(ours) != source:
        sys.exit(f'{path}: the frames differ')
    return [os.path.getsize(name) for name in (path, theirs, ours)] + [len(source)]


def report(name, rows):
    source, theirs, ours = (sum(row[i] for row in rows) for i in range(3))
    print(f'| {name}, {len(rows)} | {source} | {theirs} | {ours} | {ours / source:.3f} | {ours / theirs:.3f} |')


def main():
    with tempfile.TemporaryDirectory() as folder:
        rows = [(*measure(path, folder), path) for path in gifs(sys.argv[1:])]
    if not rows:
        sys.exit(__doc__)
    print('| GIF to GIF, bytes | source | gifsicle -O3 -Okeep-empty | mim | to source | to gifsicle |')
    print('|---|---|---|---|---|---|')
    for name, chosen in (('pictures', [row for row in rows if row[3] == 1]),
                         ('animations', [row for row in rows if row[3] > 1]), ('all', rows)):
        if chosen:
            report(name, chosen)
    for row in sorted(rows, key=lambda row: row[0] / row[2])[:WORST]:
        print(f'{row[2] / row[0]:.3f} of {row[0]} bytes, {row[3]} frames: {row[4]}')


if __name__ == '__main__':
    main()
