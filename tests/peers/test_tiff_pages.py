#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Pages of TIFF files: order, number, damage and metadata."""

import itertools
import os
import resource
import struct

import numpy as np
import tifffile

import pictures
import tap
import tiffbytes
from peers import DTYPES, text
from tiffbytes import ASCII, LONG, RATIONAL, SHORT, page, plain, tiff
from tiffpeers import HEIGHT, WIDTH, TiffCase, stack, store


def stack_of(frames, photometric=1, rows=None, order='<', **tags):
    """One directory, then the samples of all frames (count, height, width); its tags place only the first of them."""
    count, height, width = frames.shape
    rows, size = rows or height, frames.dtype.itemsize
    lengths = [min(rows, height - y) * width * size for y in range(0, height, rows)]

    def directory(start):
        starts = [start + sum(lengths[:i]) for i in range(len(lengths))]
        return tiff([page(width, height, [], (8 * size,), photometric, rows, t273=(LONG, starts), t279=(LONG, lengths),
                          **tags)], order)

    return directory(len(directory(0))) + frames.tobytes()


def metamorph(frames, rows):
    """UIC2 counts planes, and has six numbers for each: distance, date and time of creation and of the last change."""
    planes = len(frames)
    data = stack_of(frames, 1, rows, t33628=(LONG, [0] * planes),
                    t33629=(RATIONAL, [0, 1, 2459000, 0, 2459000, 0] * planes))
    counted, wanted = (struct.pack('<HHI', 33629, RATIONAL, count) for count in (3 * planes, planes))
    return data.replace(counted, wanted)


class TiffPages(TiffCase):
    def test_reads_pages_of_different_shapes(self):
        frames = [stack(np.uint8, 3, 1)[0], stack(np.uint16, 1, 1, 11, 13)[0], stack(np.float32, 1, 1, 5, 60)[0]]
        with tifffile.TiffWriter(self.path('in.tif')) as file:
            for frame in frames:
                file.write(frame if frame.shape[-1] == 3 else frame[..., 0], metadata=None,
                           photometric='rgb' if frame.shape[-1] == 3 else 'minisblack')
        for i, frame in enumerate(frames):
            raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--frames', i)
            self.assertEqual(raw, frame.tobytes())
        self.refuse(2, 'convert', self.path('in.tif'), '-', '--to', 'raw')

    def test_reduced_images_are_pages_but_sub_directories_are_not(self):
        base = stack(np.uint8, 1, 3)
        with tifffile.TiffWriter(self.path('in.tif')) as file:
            file.write(base[0][..., 0], subifds=2, metadata=None, photometric='minisblack')
            file.write(base[0][::2, ::2, 0], subfiletype=1, metadata=None, photometric='minisblack')
            file.write(base[0][::4, ::4, 0], subfiletype=1, metadata=None, photometric='minisblack')
            file.write(base[1][::2, ::2, 0], subfiletype=1, metadata=None, photometric='minisblack')
        facts = self.info(self.path('in.tif'))
        self.assertEqual(facts['frames'], 2)
        reduced = [frame['metadata'].get('is_reduced') for frame in facts['each']]
        self.assertTrue(reduced[1], reduced)
        self.assertFalse(reduced[0] or False, reduced)

    def test_sub_directories_and_exif_are_noted(self):
        image = np.zeros((32, 32), np.uint8)
        with tifffile.TiffWriter(self.path('in.tif')) as file:
            file.write(image, subifds=2, extratags=[(34666, 'I', 1, 8, True)])
            file.write(image[::2, ::2], subfiletype=1)
            file.write(image[::4, ::4], subfiletype=1)
        # newer versions of tifffile do not write the tag of the EXIF directory
        other, exif = (struct.pack('<HHI', tag, 4, 1) for tag in (34666, 34665))
        self.put('in.tif', self.get('in.tif').replace(other, exif, 1))
        said = text(self.run_mim('convert', '--force', self.path('in.tif'), self.path('out.gif')).stderr)
        self.assertIn('a set of 2 images in sub-IFDs is left out: gif cannot hold images beside its frames', said)
        self.assertIn('the EXIF directory is left out: gif cannot hold these properties', said)
        said = text(self.mim('info', self.path('in.tif')))
        self.assertIn('also holds       a set of 2 images in sub-IFDs', said)

    def test_sub_directories_of_later_pages_are_noted(self):
        image = np.zeros((32, 32), np.uint8)
        with tifffile.TiffWriter(self.path('in.tif')) as file:
            file.write(image, metadata=None)
            file.write(image, subifds=1, metadata=None)
            file.write(image[::2, ::2], subfiletype=1, metadata=None)
        for name in ('out.tif', 'out.gif', 'out%d.png'):
            with self.subTest(name):
                said = text(self.run_mim('convert', '--force', self.path('in.tif'), self.path(name)).stderr)
                self.assertRegex(said, "cannot keep the metadata .*'sub_ifds'")
        self.assertEqual([frame['metadata'].get('sub_ifds') for frame in self.info(self.path('in.tif'))['each']], [None, 1])

    def test_further_slices_of_volumes_are_noted(self):
        volume = np.random.default_rng(1).integers(0, 255, (8, 32, 48), np.uint8)
        for name, words in (('tiles', {'tile': (4, 16, 16)}), ('strips', {})):
            with self.subTest(name):
                with tifffile.TiffWriter(self.path('in.tif')) as file:
                    for _ in range(2):
                        file.write(volume, volumetric=True, photometric='minisblack', metadata=None, **words)
                said = text(self.run_mim('convert', '--force', self.path('in.tif'), self.path('out.tif')).stderr)
                self.assertIn('a set of 7 further slices of a volume is left out', said)
                self.assertIn("'further_slices'", said)
                self.assertIn('also holds       a set of 7 further slices of a volume', text(self.mim('info', self.path('in.tif'))))
                with tifffile.TiffFile(self.path('out.tif')) as file:
                    self.assertEqual(len(file.pages), 2)
                    np.testing.assert_array_equal(file.pages[1].asarray(), volume[0])

    def test_imagej_stacks_in_one_directory_are_frames(self):
        for name in ('u8', 'u16', 'f32'):
            with self.subTest(sample=name):
                frames = pictures.samples(DTYPES[name], 6, HEIGHT, WIDTH)
                tifffile.imwrite(self.path('in.tif'), frames, imagej=True, truncate=True)
                with tifffile.TiffFile(self.path('in.tif')) as file:
                    self.assertEqual(len(file.pages), 1)
                self.assertReads(self.path('in.tif'), frames[..., None])
                self.assertTrue(self.info(self.path('in.tif'))['metadata'].get('is_imagej'))

    def test_stacks_of_other_programs_in_one_directory_are_frames(self):
        """tifffile is the judge: it writes the one kind and knows the other."""
        for name, shape in itertools.product(('u8', 'u16', 'f32'), ((6,), (3, 2))):
            with self.subTest(writer='tifffile', sample=name, shape=shape):
                frames = pictures.samples(DTYPES[name], 6, HEIGHT, WIDTH)
                tifffile.imwrite(self.path('in.tif'), frames.reshape(*shape, HEIGHT, WIDTH), truncate=True)
                with tifffile.TiffFile(self.path('in.tif')) as file:
                    self.assertEqual(len(file.pages), 1)
                self.assertReads(self.path('in.tif'), frames[..., None])
        for name, rows in itertools.product(('u8', 'u16'), (HEIGHT, 5)):
            with self.subTest(writer='MetaMorph', sample=name, rows=rows):
                frames = pictures.samples(DTYPES[name], 4, HEIGHT, WIDTH)
                self.put('in.stk', metamorph(frames, rows))
                self.assertSame(tifffile.imread(self.path('in.stk')), frames)
                self.assertReads(self.path('in.stk'), frames[..., None])
        with self.subTest(writer='tifffile', planar='separate'):
            frames = pictures.samples(np.uint8, 6, HEIGHT, WIDTH, 3)
            tifffile.imwrite(self.path('in.tif'), np.moveaxis(frames, -1, 1), truncate=True, photometric='rgb',
                             planarconfig='separate')
            self.assertReads(self.path('in.tif'), frames)

    def test_stacks_with_colours_to_convert_are_frames(self):
        """ImageJ saves inverted and coloured lookup tables in this way."""
        frames = pictures.samples(np.uint8, 3, HEIGHT, WIDTH)
        words = b'ImageJ=1.53t\nimages=3\nslices=3\n\0'
        colours = np.random.default_rng(0).integers(0, 256, (3, 256))
        palette = {'t320': (SHORT, (colours * 257).ravel().tolist())}
        for name, photometric, tags, expected in (
                ('inverted', 0, {}, 255 - frames[..., None]),
                ('palette', 3, palette, np.moveaxis(colours.astype(np.uint8)[:, frames], 0, -1)),
                ('turned', 1, {'t274': (SHORT, [3])}, frames[:, ::-1, ::-1, None])):
            with self.subTest(colours=name):
                data = stack_of(frames, photometric, t270=(ASCII, words), **tags)
                self.assertReads(self.put('in.tif', data), list(expected))
                path = self.put('in.tif', data[:-1])
                self.refuse(6, 'convert', path, self.path('out.tif'))
                for i in (0, 1):
                    raw = self.mim('convert', path, '-', '--to', 'raw', '--frames', i)
                    self.assertEqual(raw, expected[i].tobytes())

    def test_reads_an_imagej_stack_over_4_gb_with_one_directory(self):
        """Big-endian like ImageJ's, sparse but for two images, and no other image is read."""
        count, side = 2500, 1024
        words = f'ImageJ=1.53t\nimages={count}\nslices={count}\n'.encode() + b'\0'
        start, bytes_each = 4096, side * side * 2
        tags = [(256, 4, 1, side), (257, 4, 1, side), (258, 3, 1, 16 << 16), (259, 3, 1, 1 << 16), (262, 3, 1, 1 << 16),
                (270, 2, len(words), 1024), (273, 4, 1, start), (277, 3, 1, 1 << 16), (278, 4, 1, side),
                (279, 4, 1, bytes_each)]
        images = {i: pictures.samples(np.uint16, 1, side, side)[0] ^ i for i in (0, 2099, count - 1)}
        with open(self.path('in.tif'), 'wb') as file:
            file.write(b'MM\0\x2a\0\0\0\x08' + struct.pack('>H', len(tags)))
            file.write(b''.join(struct.pack('>HHII', *tag) for tag in tags) + bytes(4))
            file.seek(1024)
            file.write(words)
            for i, image in images.items():
                file.seek(start + i * bytes_each)
                file.write(image.astype('>u2').tobytes())
        self.assertGreater(os.path.getsize(self.path('in.tif')), 5 * 10 ** 9)
        facts = self.info(self.path('in.tif'))
        self.assertEqual(facts['frames'], count)
        self.assertTrue(facts['metadata'].get('is_imagej'))
        for i, image in images.items():
            raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--frames', i)
            self.assertEqual(raw, image.tobytes())
        os.remove(self.path('in.tif'))

    def test_random_access_equals_a_scan(self):
        for layout in ({}, {'compression': 'zlib', 'rowsperstrip': 8}, {'tile': (16, 16)}):
            frames = stack(np.uint16, 1, 40)
            store(self.path('in.tif'), frames, **layout)
            shuffled = np.random.default_rng(1).permutation(40).tolist()
            for order in (list(range(40))[::-1], shuffled, [39, 0, 39, 0, 0]):
                with self.subTest(layout=' '.join(layout), order=order[:3]):
                    raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--frames',
                                   ','.join(map(str, order)))
                    self.assertEqual(raw, frames[order].tobytes())
            with self.subTest(layout=' '.join(layout), order='::-1'):
                raw = self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--frames', '::-1')
                self.assertEqual(raw, frames[::-1].tobytes())

    def test_threads_change_nothing(self):
        for layout in ({}, {'compression': 'zlib', 'rowsperstrip': 8}, {'tile': (16, 16), 'compression': 'zlib'}):
            with self.subTest(' '.join(layout)):
                frames = stack(np.uint16, 3, 30, 90, 100)
                store(self.path('in.tif'), frames, **layout)
                for threads in (1, 2, 8):
                    self.assertEqual(self.mim('convert', self.path('in.tif'), '-', '--to', 'raw', '--threads', threads),
                                     frames.tobytes())

    def test_a_pipe_is_read_like_a_file(self):
        frames = stack(np.uint16, 3, 3)
        store(self.path('in.tif'), frames)
        self.assertEqual(self.mim('convert', '-', '-', '--to', 'raw', data=self.get('in.tif')), frames.tobytes())

    def test_reads_a_hundred_thousand_pages_in_linear_time(self):
        times = {}
        for count in (10_000, 100_000):
            path = self.put(f'{count}.tif', tiffbytes.many_pages(count))
            for name, words in (('info', ['info', '--count', '--json', path]),
                                ('convert', ['convert', path, '-', '--to', 'raw']),
                                ('last', ['convert', path, '-', '--to', 'raw', '--frames', '-1'])):
                best = min(self.timed(*words) for _ in range(5))
                times[name, count] = best[0]
                if name == 'convert':
                    self.assertEqual(best[1], (np.arange(count) & 255).astype(np.uint8).tobytes())
                elif name == 'last':
                    self.assertEqual(best[1], bytes([count - 1 & 255]))
                else:
                    self.assertIn(f'"frames": {count}', text(best[1]).replace('"frames":', '"frames": ').replace('  ',
                        ' '))
        for name in ('info', 'convert', 'last'):
            with self.subTest(name):
                few, many = times[name, 10_000], times[name, 100_000]
                self.assertLess(many, 15 * max(few, 0.02), f'{few:.3f} s for 10 000 pages, {many:.3f} s for 100 000')

    def timed(self, *words):
        """Processor time, which depends less on other load than wall time."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        out = self.mim(*words)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, out

    def test_random_access_does_not_walk_the_chain_each_time(self):
        count = 20_000
        path = self.put('many.tif', tiffbytes.many_pages(count))
        order = np.random.default_rng(3).permutation(count)
        listed = ','.join(map(str, order[:4000]))
        seconds, raw = self.timed('convert', path, '-', '--to', 'raw', '--frames', listed)
        self.assertEqual(raw, (order[:4000] & 255).astype(np.uint8).tobytes())
        self.assertLess(seconds, 5)

    def test_reports_a_loop_in_the_chain(self):
        pages = [plain(stack(np.uint8, 1, 1)[0][..., 0]) for _ in range(3)]
        for last in ('first', 'itself'):
            for big in (False, True):
                with self.subTest(last=last, big=big):
                    path = self.put('loop.tif', tiff(pages, big=big, last=last))
                    self.refuse(6, 'convert', path, self.path('out.gif'))
                    self.refuse(6, 'convert', path, '-', '--to', 'raw')
                    facts = self.run_mim('info', '--json', '--count', path)
                    self.assertRegex(text(facts.stdout), '"damage"|"error"')
                    self.assertNothingBeside('loop.tif')

    def test_reports_a_chain_that_leaves_the_file(self):
        pages = [plain(stack(np.uint8, 1, 1)[0][..., 0]) for _ in range(2)]
        for last in (9999999, 0xfffffff0):
            with self.subTest(last=last):
                path = self.put('in.tif', tiff(pages, last=last))
                self.assertHonest(path, self.path('out.tif'), 'the next page is beyond the end of the file')
                self.mim('convert', '-q', path, self.path('out.tif'))
                self.assertSameFrames(self.pixels(self.path('out.tif')), self.pixels(path, '-q'))
                self.keep_only()
        self.refuse(6, 'convert', self.put('in.tif', tiff(pages, last=3)), self.path('out.tif'))
        self.assertNothingBeside('in.tif')

    def test_reads_the_last_page_of_a_sparse_file_of_5_gb(self):
        size, frame = 5 * 10 ** 9, stack(np.uint16, 1, 1)[0][..., 0]
        end = tiff([plain(frame)], big=True)
        head = bytearray(tiff([plain(frame[::-1])], big=True))
        shift = size - len(end)
        # the last page's directory and data, moved to the end of the file
        tags, strips = plain(frame)
        far = tiff([({**tags, 273: (tiffbytes.LONG8, [shift + 16])}, strips)], big=True)
        self.assertEqual(len(far), len(end))
        directory = int.from_bytes(far[8:16], 'little')
        head[len(head) - 8:] = (shift + directory).to_bytes(8, 'little')
        path = self.path('sparse.tif')
        with open(path, 'wb') as file:
            file.write(head)
            file.truncate(size)
            file.seek(shift + 16)
            file.write(far[16:])
        self.assertEqual(os.path.getsize(path), size)
        self.assertLess(os.stat(path).st_blocks * 512, 10 ** 7, 'the file system has no sparse files')
        self.assertEqual(self.info(path)['frames'], 2)
        self.assertEqual(self.mim('convert', path, '-', '--to', 'raw', '--frames', '-1'), frame.tobytes())
        self.assertEqual(self.mim('convert', path, '-', '--to', 'raw', '--frames', '0'), frame[::-1].tobytes())

    # --- damage

    def assertHonest(self, path, out, words='may be missing\n|is ignored: '):
        """A file that lacks something is refused, or read with a note, which is an error if losses are."""
        self.refuse(6, 'convert', '--strict', path, out)
        self.assertFalse(os.path.exists(out))
        done = self.run_mim('convert', path, out)
        self.assertIn(done.returncode, (0, 6))
        self.assertEqual(os.path.exists(out), done.returncode == 0)
        if done.returncode == 0:
            self.assertRegex(text(done.stderr), words)
            os.unlink(out)

    def test_never_reads_all_pages_of_a_cut_file(self):
        small = [plain(stack(np.uint8, 1, 1, 6, 5)[0][..., 0], rows=2), plain(stack(np.uint8, 3, 1, 4, 5)[0])]
        for big in (False, True):
            whole = tiff(small, big=big)
            for size in range(len(whole)):
                with self.subTest(big=big, bytes=size):
                    self.keep_only()
                    self.assertHonest(self.put('cut.tif', whole[:size]), self.path('out.tif'))

    def test_never_reads_all_pages_of_a_cut_compressed_file(self):
        store(self.path('plain.tif'), stack(np.uint8, 3, 2, 8, 9))
        for codec in ('lzw', 'zip', 'packbits', 'zstd', 'lzma', 'jpeg', 'webp'):
            self.run_tool('tiffcp', '-c', codec, self.path('plain.tif'), self.path('whole.tif'))
            whole = self.get('whole.tif')
            # bytes between directories and data are unused padding, the directories are not
            for size in range(8, len(whole) - 8, max(1, len(whole) // 25)):
                with self.subTest(codec=codec, bytes=size):
                    self.keep_only('plain.tif', 'whole.tif')
                    self.assertHonest(self.put('cut.tif', whole[:size]), self.path('out.tif'))

    def test_damaged_strips_are_errors_of_their_page(self):
        frames = stack(np.uint8, 1, 3)
        store(self.path('in.tif'), frames, compression='zlib')
        with tifffile.TiffFile(self.path('in.tif')) as file:
            place = file.pages[1].dataoffsets[0]
        data = bytearray(self.get('in.tif'))
        data[place + 2:place + 30] = b'\xff' * 28
        path = self.put('bad.tif', bytes(data))
        self.refuse(6, 'convert', path, self.path('out.tif'))
        self.assertNothingBeside('in.tif', 'bad.tif')
        for i in (0, 2):
            self.assertEqual(self.mim('convert', path, '-', '--to', 'raw', '--frames', i), frames[i].tobytes())

    def test_refuses_files_that_are_no_tiff(self):
        cases = {
            'empty': b'', 'magic only': b'II*\0', 'no directory': b'II*\0\0\0\0\0',
            'directory beyond the end': b'II*\0\xff\xff\0\0',
            'no size': tiff([page(0, 4, [b'1234'])]), 'no strips': tiff([page(4, 4, [])]),
            'strip beyond the end': tiff([page(4, 4, [b'x' * 16], t273=(LONG, [999999]))]),
            'strip too short': tiff([page(4, 4, [b'x' * 8, b'x' * 3], rows=2)]),
            'unknown compression': tiff([page(4, 4, [b'x' * 16], t259=(SHORT, [59999]))]),
        }
        for name, data in cases.items():
            with self.subTest(name):
                self.keep_only()
                self.refuse(6, 'convert', self.put('in.tif', data), self.path('out.tif'))
                self.assertNothingBeside('in.tif')

    def test_refuses_a_tiny_file_of_four_billion_samples_but_describes_it(self):
        path = self.put('bomb.tif', tiff([page(1 << 16, 1 << 16, [b'x'], rows=1 << 16)]))
        facts = self.info(path)
        self.assertEqual((facts['width'], facts['height']), (1 << 16, 1 << 16))
        self.refuse(5, 'convert', path, self.path('out.tif'))
        self.assertNothingBeside('bomb.tif')

    # --- metadata

    def test_reports_tags_as_metadata(self):
        tifffile.imwrite(self.path('in.tif'), stack(np.uint8, 3, 1)[0], resolution=(300, 150), resolutionunit='INCH',
                         software='Soft 1.0',
                         description='a page', datetime='2024:05:06 07:08:09', metadata=None, photometric='rgb',
                         compression='zlib',
                         extratags=[(315, 's', 0, 'An Artist', True), (65000, 'H', 1, 4711, True)])
        facts = self.info(self.path('in.tif'))
        both = {**facts['each'][0]['metadata'], **facts['metadata']}
        self.assertEqual(both['software'], 'Soft 1.0')
        self.assertEqual(both['description'], 'a page')
        self.assertEqual(both['artist'], 'An Artist')
        self.assertRegex(str(both['datetime']), r'2024.05.06.07:08:09')
        self.assertIn('inch', str(both).lower())
        self.assertIn('300', str(both['resolution']))
        self.assertIn('150', str(both['resolution']))
        self.assertIn('deflate', str(both['compression']).lower())


if __name__ == '__main__':
    tap.main()
