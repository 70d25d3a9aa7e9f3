#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Writing PDF: files checked by qpdf, pdfimages, pdfinfo, mutool and pdftoppm, and read back."""

import glob
import os
import re

import numpy as np
import tifffile
from PIL import Image

import pictures
import tap
from peers import PeerCase, mean_error_db, text


class PdfWriting(PeerCase):
    def write(self, frames, *options, name='out.pdf'):
        self.mim('convert', *self.raw_input(frames), self.path(name), '--force', *options)
        return self.check(self.path(name), len(frames))

    def check(self, path, count):
        """Writes a file and checks it with qpdf and mutool."""
        said = text(self.run_tool('qpdf', '--check', path))
        self.assertIn('No syntax or stream encoding errors', said)
        self.assertNotIn('WARNING', said)
        self.assertIn(f'Pages:           {count}\n', text(self.run_tool('pdfinfo', path)))
        self.run_tool('mutool', 'draw', '-q', '-r', '20', '-o', self.path('mutool%d.pnm'), path)
        drawn = glob.glob(self.path('mutool*.pnm'))
        self.assertEqual(len(drawn), count)
        for name in drawn:
            os.unlink(name)
        return path

    def images(self, path):
        """The images that pdfimages extracts, including masks."""
        self.run_tool('pdfimages', '-png', path, self.path('taken'))
        taken = []
        for name in sorted(glob.glob(self.path('taken-*'))):
            with Image.open(name) as picture:
                data = np.asarray(picture)
            taken.append(data if data.ndim == 3 else data[..., None])
            os.unlink(name)
        return taken

    def test_samples_are_stored_losslessly(self):
        for channels in (1, 2, 3, 4):
            frames = pictures.samples(np.uint8, 3, 61, 47, channels)
            with self.subTest(channels=channels):
                taken = self.images(self.write(frames))
                colours = 1 if channels < 3 else 3
                expected = [part for frame in frames for part in (frame[..., :colours], frame[..., colours:]) if part.shape[2]]
                self.assertSameFrames(taken, expected)

    def test_sixteen_bits_are_stored_losslessly(self):
        for channels in (1, 2, 3, 4):
            frames = pictures.samples(np.uint16, 2, 61, 47, channels)
            with self.subTest(channels=channels):
                path = self.write(frames)
                self.assertRegex(text(self.run_tool('pdfimages', '-list', path)), r'image +47 +61 +\w+ +\d +16 ')
                self.run_tool('qpdf', '--stream-data=uncompress', path, self.path('plain.pdf'))
                plain, colours = self.get('plain.pdf'), 1 if channels < 3 else 3
                for frame in frames:
                    for part in (frame[..., :colours], frame[..., colours:]):
                        self.assertIn(part.astype('>u2').tobytes(), plain)

    def test_large_pages_are_compressed_in_parts(self):
        y, x = np.mgrid[0:3100, 0:1700]
        frame = np.dstack([x * y >> 6, x + y, x ^ y, x // 7]).astype(np.uint8)
        taken = self.images(self.write([frame], '--threads', '2'))
        self.assertSameFrames(taken, [np.ascontiguousarray(frame[..., :3]), np.ascontiguousarray(frame[..., 3:])])

    def test_other_types_are_converted_with_a_notice(self):
        for dtype, expected in ((np.uint32, 16), (np.float32, 16), (np.int8, 8)):
            with self.subTest(sample=np.dtype(dtype).name):
                frames = pictures.samples(dtype, 1, 20, 20, 1)
                if dtype == np.float32:
                    frames = np.linspace(0, 1, 400, dtype=np.float32).reshape(1, 20, 20, 1)
                done = self.run_mim('convert', *self.raw_input(frames), self.path('out.pdf'), '--force')
                self.assertEqual(done.returncode, 0, text(done.stderr))
                self.assertIn('note:', text(done.stderr))
                self.assertRegex(text(self.run_tool('pdfimages', '-list', self.path('out.pdf'))), rf'gray +1 +{expected} ')
        self.refuse(2, 'convert', *self.raw_input(pictures.samples(np.uint8, 1, 9, 9, 5)), self.path('out.pdf'), '--force')

    def test_pages_round_trip_at_the_same_resolution(self):
        for dpi in (72, 96, 150, 200, 300, 37.5):
            for channels in (1, 3):
                shapes = [(101, 100), (1, 1), (7, 3), (333, 500), (2, 1500)]
                rng = np.random.default_rng(int(dpi))
                frames = [rng.integers(0, 256, shape + ((3,) if channels == 3 else ()), dtype=np.uint8) for shape in shapes]
                with tifffile.TiffWriter(self.path('in.tif')) as file:
                    for frame in frames:
                        file.write(frame, resolution=(dpi, dpi), resolutionunit='INCH', metadata=None, software=False,
                                   photometric='rgb' if channels == 3 else 'minisblack')
                with self.subTest(dpi=dpi, channels=channels):
                    self.mim('convert', '--force', self.path('in.tif'), self.path('a.pdf'))
                    self.check(self.path('a.pdf'), len(frames))
                    gray = 'yes' if channels == 1 else 'no'
                    self.mim('convert', '--force', '-i', f'dpi={dpi}', '-i', f'gray={gray}', self.path('a.pdf'), self.path('out.tif'))
                    with tifffile.TiffFile(self.path('out.tif')) as file:
                        self.assertSameFrames([page.asarray() for page in file.pages], frames)
                        x = file.pages[0].tags['XResolution'].value
                        self.assertAlmostEqual(x[0] / x[1], dpi)

    def test_transparent_and_opaque_pixels_round_trip(self):
        [frame] = pictures.samples(np.uint8, 1, 50, 40, 4)
        frame = np.where(frame[..., 3:] < 128, 0, frame | np.array([0, 0, 0, 255], np.uint8)).astype(np.uint8)
        path = self.write([frame], '-o', 'dpi=100')
        self.assertSameFrames(self.pixels(path, '-i', 'dpi=100', '-i', 'background=transparent'), [frame])

    def test_pages_equal_pdftoppm(self):
        frames = pictures.photograph(2)
        path = self.write(np.stack(frames), '-o', 'dpi=100')
        self.run_tool('pdftoppm', '-r', '100', path, self.path('peer'))
        for name, frame in zip(sorted(glob.glob(self.path('peer*'))), frames):
            with Image.open(name) as picture:
                self.assertSame(np.asarray(picture), frame)

    def test_jpeg(self):
        frames = np.stack(pictures.photograph(2))
        sizes = []
        for words in (['-o', 'quality=30'], ['-o', 'lossless=no'], ['-o', 'quality=95']):
            with self.subTest(options=' '.join(words)):
                path = self.write(frames, *words)
                sizes.append(os.path.getsize(path))
                self.assertRegex(text(self.run_tool('pdfimages', '-list', path)), r' rgb +3 +8 +jpeg ')
                for got, frame in zip(self.images(path), frames):
                    self.assertGreater(mean_error_db(got, frame), 24)
        self.assertEqual(sizes, sorted(sizes))
        gray = self.write(frames[..., :1], '-o', 'quality=80')
        self.assertRegex(text(self.run_tool('pdfimages', '-list', gray)), r' gray +1 +8 +jpeg ')

    def test_page_sizes(self):
        frames = pictures.samples(np.uint8, 2, 60, 90, 3)
        for option, expected in (('pagesize=a4', '841.89 x 595.276'), ('pagesize=letter', '792 x 612'), ('pagesize=200x300', '200 x 300'),
                                 ('dpi=72', '90 x 60'), ('dpi=300', '21.6 x 14.4')):
            with self.subTest(option=option):
                info = text(self.run_tool('pdfinfo', self.write(frames, '-o', option)))
                width, height = map(float, re.search(r'Page size: +([\d.]+) x ([\d.]+)', info).groups())
                self.assertTrue(np.allclose((width, height), [float(side) for side in expected.split(' x ')], atol=0.01), info)
        self.refuse(2, 'convert', *self.raw_input(frames), self.path('no.pdf'), '-o', 'pagesize=a4', '-o', 'dpi=72')
        self.refuse(2, 'convert', *self.raw_input(frames), self.path('no.pdf'), '-o', 'pagesize=huge')

    def test_document_information(self):
        frames = pictures.samples(np.uint8, 1, 9, 9, 1)
        words = {'title': 'Ein (Titel) \\ Ä€😀', 'author': 'A', 'subject': 'S', 'keywords': 'a, b'}
        path = self.write(frames, *[word for key, value in words.items() for word in ('-o', f'{key}={value}')])
        info = text(self.run_tool('pdfinfo', path))
        for key, value in words.items():
            self.assertRegex(info, rf'{key.capitalize()}: +{re.escape(value)}\n')
        meta = self.info(path)['metadata']
        self.assertEqual({key: meta[key] for key in words}, words)
        self.mim('convert', '--force', path, self.path('again.pdf'))
        self.assertEqual(self.info(self.path('again.pdf'))['metadata']['title'], words['title'])

    def test_output_does_not_depend_on_threads(self):
        frames = pictures.samples(np.uint8, 300, 12, 10, 1)
        first = self.get(os.path.basename(self.write(frames)))
        for threads in (2, 8):
            self.mim('convert', *self.raw_input(frames), self.path('more.pdf'), '--force', '--threads', threads)
            self.assertEqual(self.get('more.pdf'), first)
        self.assertEqual(self.mim('convert', *self.raw_input(frames), '-', '--to', 'pdf'), first)
        self.assertSameFrames(self.images(self.path('out.pdf'))[:300], list(frames))


if __name__ == '__main__':
    tap.main()
