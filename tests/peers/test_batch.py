#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The mission page's batch recipe, through the command: animations and stacks, each made gray by the mean of its channels
and called processed_NAME. What comes out is what numpy makes of what other programs read."""

import io
import os

import numpy as np
import tifffile
from PIL import Image

import pictures
import tap
from peers import PeerCase, text


def gray(frames):
    """The recipe's function: the mean of the channels, in the same sample type."""
    return [frame.mean(axis=2).astype(frame.dtype) for frame in frames]


def pillow_frames(data):
    with Image.open(io.BytesIO(data)) as file:
        frames = []
        for i in range(file.n_frames):
            file.seek(i)
            frames.append(np.array(file.convert('RGB')))
    return frames


class BatchRecipe(PeerCase):
    def setUp(self):
        super().setUp()
        self.frames = {
            'bar.gif': pictures.moving_bar(),
            'flat.gif': pictures.full_colours(),
            'noise.gif': pictures.few_colours(),
            'photo.tif': pictures.photograph(),
            'deep.tif': [frame.astype(np.uint16) * 251 + 7 for frame in pictures.photograph(3)],
        }
        for name, frames in self.frames.items():
            if name.endswith('.gif'):
                self.mim('convert', *self.raw_input(frames), self.path(name), '--duration', '0.5')
            else:
                tifffile.imwrite(self.path(name), np.stack(frames), photometric='rgb', metadata=None, contiguous=False)
        os.unlink(self.path('in.raw'))

    def batch(self, *options):
        inputs = [self.path(name) for name in self.frames]
        return text(self.mim('batch', *inputs, '-d', self.path('out'), '--name', 'processed_{name}', '--gray=mean',
                             *options))

    def pages(self, name):
        with tifffile.TiffFile(self.path(f'out/{name}')) as file:
            return [page.asarray() for page in file.pages]

    def test_stacks_are_what_numpy_makes(self):
        for jobs in ('1', '3'):
            with self.subTest(jobs=jobs):
                self.batch('--to', 'tiff', '-j', jobs, '--force')
                for name, frames in self.frames.items():
                    if name.endswith('.gif'):
                        self.assertSameFrames(pillow_frames(self.get(name)), frames, name)
                    self.assertSameFrames(self.pages(f'processed_{name[:-4]}.tif'), gray(frames), name)
                self.assertEqual(len(os.listdir(self.path('out'))), len(self.frames))

    def test_every_file_keeps_its_format(self):
        said = self.batch()
        self.assertIn(f'{len(self.frames)} done', said)
        self.assertEqual(sorted(os.listdir(self.path('out'))), sorted(f'processed_{name}' for name in self.frames))
        for name, frames in self.frames.items():
            if not name.endswith('.gif'):
                self.assertSameFrames(self.pages(f'processed_{name}'), gray(frames), name)
                continue
            got = pillow_frames(self.get(f'out/processed_{name}'))
            self.assertSameFrames([frame[..., 0] for frame in got], gray(frames), name)
            each = self.info(self.path(f'out/processed_{name}'))['each']
            self.assertEqual({frame['duration'] for frame in each}, {0.5})


if __name__ == '__main__':
    tap.main()
