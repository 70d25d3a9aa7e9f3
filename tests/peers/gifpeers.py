# SPDX-License-Identifier: MIT
"""Decodes a GIF with gifsicle, Pillow and ffmpeg: a list of RGBA arrays, or a string on why there is none.

Colours under alpha 0 are black in every answer.
"""

import io
import re
import subprocess
import tempfile

import numpy as np
from PIL import Image

import gifbytes
from gifbytes import visible
from peers import tool


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


def colours_of(data):
    """The distinct entries of all tables."""
    judge = gifbytes.Gif(data)
    tables = [table for table in [judge.palette] + [frame.palette for frame in judge.frames] if table is not None]
    return len(np.unique(np.concatenate(tables), axis=0))


def by_gifsicle(data):
    """--unoptimize makes full frames, but refuses files with local palettes. Their colours are first merged into a
    global palette, which is lossless for up to 255 colours."""
    for words in ([], ['--colors', '255']):
        if words:
            if colours_of(data) > 255:
                return 'declines'
            data = subprocess.run([tool('gifsicle'), *words, '-'], input=data, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE).stdout
        done = subprocess.run([tool('gifsicle'), '--unoptimize', '-'], input=data, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE)
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
    """Decode from a file, since ffmpeg cannot look ahead in a pipe, to PAM, which has the size of each frame."""
    with tempfile.NamedTemporaryFile(suffix='.gif') as file:
        file.write(data)
        file.flush()
        done = subprocess.run([tool('ffmpeg'), '-v', 'error', '-xerror', '-i', file.name, '-f', 'image2pipe', '-c:v',
                               'pam',
                               '-pix_fmt', 'rgba', '-fps_mode', 'passthrough', '-noautoscale', '-'],
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    frames = list(pams(done.stdout))
    if done.returncode and not frames:
        return 'fails'
    return frames


def pams(data):
    """The images of a PAM stream as RGBA."""
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


def difference(answer, rule):
    """Describe the first difference between an answer and the rule."""
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


def versions():
    first = lambda *words: subprocess.run([tool(words[0]), *words[1:]], stdout=subprocess.PIPE,
                                          text=True).stdout.splitlines()[0]
    ffmpeg = re.search(r'version (\d+\.\d+)', first('ffmpeg', '-version')).group(1)
    return f'{first("gifsicle", "--version")}, Pillow {Image.__version__}, ffmpeg {ffmpeg}'
