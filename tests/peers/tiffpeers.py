# SPDX-License-Identifier: MIT
"""Shared by the tests of TIFF reading: pages written by tifffile, and a page as the peers decode it."""

import warnings

import numpy as np
import tifffile
from PIL import Image

import pictures
from peers import PeerCase, mean_error_db

warnings.simplefilter('ignore') # Pillow warns about the damaged files of these tests
HEIGHT, WIDTH = 37, 29


def stack(dtype, channels, count=2, height=HEIGHT, width=WIDTH):
    """`count` pages of noise, (count, height, width, channels)."""
    return pictures.samples(dtype, count, height, width, channels)


def store(path, frames, **options):
    """Write each frame as a page, with tifffile."""
    channels = frames.shape[-1]
    options.setdefault('photometric', 'rgb' if channels in (3, 4) else 'minisblack')
    if channels in (2, 4):
        options.setdefault('extrasamples', ['unassalpha'])
    elif channels == 5:
        options.setdefault('extrasamples', ['unspecified'] * 4)
    planar = options.get('planarconfig') == 'separate' and channels > 1
    with tifffile.TiffWriter(path, bigtiff=options.pop('bigtiff', False),
                             byteorder=options.pop('byteorder', '<')) as file:
        for frame in frames:
            data = frame[..., 0] if channels == 1 else np.moveaxis(frame, -1, 0) if planar else frame
            file.write(data, metadata=None, contiguous=False,
                       **(options if channels > 1 else {**options, 'planarconfig': None}))


def scaled(values, bits, to):
    """Scale full range to full range, and round."""
    top = (1 << bits) - 1
    values = np.asarray(values, np.uint64)
    return ((values * np.uint64(np.iinfo(to).max) * np.uint64(2) + np.uint64(top)) // np.uint64(2 * top)).astype(to)


def rgba(frame):
    """Gray, gray+alpha or RGB as RGBA."""
    channels = frame.shape[2]
    colour = frame[..., :3] if channels >= 3 else np.repeat(frame[..., :1], 3, axis=2)
    alpha = frame[..., -1:] if channels in (2, 4) else np.full_like(colour[..., :1], 255)
    return np.concatenate([colour, alpha], axis=2)


class TiffCase(PeerCase):
    def assertReads(self, path, frames, *options, message=''):
        self.assertSameFrames(self.pixels(path, *options), list(frames), message)

    def by_tiff2rgba(self, path):
        """The first page. tiff2rgba multiplies by alpha, so this is for opaque pictures only."""
        out = self.path('rgba.tif')
        self.run_tool('tiff2rgba', '-c', 'none', path, out)
        return tifffile.imread(out)

    def assertPicture(self, path, message=''):
        """The first page, as RGB(A) or gray, equals that of Pillow or tiff2rgba bit for bit."""
        got = self.pixels(path)[0]
        answers = {}
        try:
            with Image.open(path) as picture:
                answers['Pillow'] = np.array(picture.convert('RGBA'))
        except Exception as error:
            answers['Pillow'] = error
        try:
            answers['tiff2rgba'] = self.by_tiff2rgba(path)
        except AssertionError as error:
            answers['tiff2rgba'] = error
        self.assertEqual(got.dtype, np.uint8, message)
        shown = rgba(got)
        report = []
        for name, answer in answers.items():
            if isinstance(answer, np.ndarray) and answer.shape == shown.shape:
                if np.array_equal(answer, shown):
                    return got
                report.append(f'{name}: {mean_error_db(answer, shown):.1f} dB, first {answer[0, 0]}, not {shown[0, 0]}')
            else:
                report.append(f'{name}: {answer.shape if isinstance(answer, np.ndarray) else answer}')
        self.fail(f'{message}: equal to neither; {"; ".join(report)}')
