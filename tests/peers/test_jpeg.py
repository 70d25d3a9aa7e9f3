#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""JPEG, read and written: pixels, orientation, metadata and damage, against Pillow."""

import io
import os
import subprocess

import numpy as np
from PIL import Image, ImageCms, ImageOps

import tap
from peers import PATIENCE, SANITIZED, PeerCase, text, tool

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data', 'photograph.png')
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF/></x:xmpmeta>'


def photograph(mode='RGB', size=(101, 67)):
    with Image.open(SOURCE) as image:
        return image.convert('RGB').resize(size).convert(mode)


def coded(image, **how):
    out = io.BytesIO()
    image.save(out, 'JPEG', **how)
    return out.getvalue()


def pixels_of(data):
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert('RGB') if image.mode == 'CMYK' else image)


def exif_of(orientation):
    exif = Image.Exif()
    exif[0x0112], exif[0x010f] = orientation, 'maker'
    return exif.tobytes()


class Jpeg(PeerCase):
    def raw(self, data, *how):
        """mim's samples of a file."""
        done = self.run_mim('convert', '--force', *how, self.put('a.jpg', data), self.path('a.raw'))
        self.assertEqual(done.returncode, 0, text(done.stderr))
        with open(self.path('a.raw'), 'rb') as out:
            return out.read(), text(done.stderr)

    def test_pixels_equal_pillow(self):
        for mode in ('L', 'RGB', 'CMYK'):
            for how in ({}, {'progressive': True}, {'subsampling': 0}, {'subsampling': 1}, {'quality': 30}, {'restart_marker_rows': 1},
                        {'optimize': True}):
                with self.subTest((mode, how)):
                    data = coded(photograph(mode), **how)
                    samples, notes = self.raw(data)
                    self.assertEqual(samples, pixels_of(data).tobytes())
                    self.assertEqual('CMYK becomes RGB' in notes, mode == 'CMYK')

    def test_parts_between_restarts_equal_pillow(self):
        """Large pictures with restarts are decoded in parts, on several threads. ffmpeg writes them between slices."""
        for layout in ('yuvj420p', 'yuvj422p', 'yuvj444p'):
            path = self.path('slices.jpg')
            subprocess.run([tool('ffmpeg'), '-v', 'error', '-y', '-i', SOURCE, '-vf', 'scale=611:1403', '-pix_fmt', layout, '-threads', '2',
                            '-thread_type', 'slice', '-c:v', 'mjpeg', '-q:v', '3', path], check=True, timeout=PATIENCE)
            with open(path, 'rb') as file:
                data = file.read()
            self.assertIn(b'\xff\xdd\0\x04', data)
            for threads in ('1', '2', '8'):
                with self.subTest((layout, threads)):
                    self.assertEqual(self.raw(data, '--threads', threads)[0], pixels_of(data).tobytes())

    def test_turns_as_exif_says(self):
        for orientation in range(1, 9):
            with self.subTest(orientation):
                data = coded(photograph(), exif=exif_of(orientation))
                with Image.open(io.BytesIO(data)) as image:
                    turned = np.asarray(ImageOps.exif_transpose(image))
                self.assertEqual(self.raw(data)[0], turned.tobytes())
                self.assertEqual(self.raw(data, '-i', 'orient=no')[0], pixels_of(data).tobytes())

    def test_keeps_metadata(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
        data = coded(photograph(), exif=exif_of(6), icc_profile=profile * 1, dpi=(300, 150), comment=b'a comment')
        path = self.put('a.jpg', data)
        out = self.path('b.jpg')
        done = self.run_mim('convert', '--strict', '--force', path, out)
        self.assertEqual(done.returncode, 0, text(done.stderr))
        with Image.open(out) as image:
            self.assertEqual(image.info['icc_profile'], profile)
            self.assertEqual(image.info['dpi'], (150, 300)) # the picture is turned
            self.assertEqual(image.info['comment'], b'a comment')
            self.assertEqual(image.getexif()[0x0112], 1)
            self.assertEqual(image.getexif()[0x010f], 'maker')

    def test_profile_of_many_parts(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
        large = profile + bytes(200_000)
        large = len(large).to_bytes(4, 'big') + large[4:]
        self.run_mim('convert', '--force', self.put('a.jpg', coded(photograph(), icc_profile=large)), self.path('b.jpg'))
        with Image.open(self.path('b.jpg')) as image:
            self.assertEqual(image.info['icc_profile'], large)

    def test_xmp(self):
        segment = b'http://ns.adobe.com/xap/1.0/\0' + XMP
        data = coded(photograph())
        data = data[:2] + b'\xff\xe1' + (len(segment) + 2).to_bytes(2, 'big') + segment + data[2:]
        self.run_mim('convert', '--force', self.put('a.jpg', data), self.path('b.jpg'))
        with open(self.path('b.jpg'), 'rb') as out:
            self.assertIn(b'\xff\xe1' + (len(segment) + 2).to_bytes(2, 'big') + segment, out.read())

    def test_segments_that_are_left_out_are_noted_once(self):
        photoshop, extension = b'Photoshop 3.0\0', b'http://ns.adobe.com/xmp/extension/\0' + bytes(40)
        for expected, *segments in (('a further comment is left out', (0xfe, b'one'), (0xfe, b'two'), (0xfe, b'three')),
                                    ('the extension of XMP is left out', (0xe1, extension), (0xe1, extension)),
                                    ('properties of Photoshop or IPTC is left out', (0xed, photoshop), (0xed, photoshop)),
                                    (None, (0xfe, b'one'))):
            data = coded(photograph())
            extra = b''.join(bytes((0xff, marker)) + (len(body) + 2).to_bytes(2, 'big') + body for marker, body in segments)
            said = text(self.run_mim('convert', '--force', self.put('a.jpg', data[:2] + extra + data[2:]), self.path('b.png')).stderr)
            with Image.open(self.path('b.png')) as image:
                self.assertEqual(image.text.get('Comment'), 'one' if segments[0][0] == 0xfe else None)
            with self.subTest(expected):
                self.assertEqual(said.count('left out'), 1 if expected else 0, said)
                self.assertIn(expected or '', said)

    def test_options_of_writing(self):
        image = photograph()
        image.save(self.path('a.png'))
        layers = {'444': (1, 1), '422': (2, 1), '420': (2, 2)}
        for name, factors in layers.items():
            for progressive in (False, True):
                with self.subTest((name, progressive)):
                    out = self.path('b.jpg')
                    self.run_mim('convert', '--force', '-o', f'subsampling={name}', '-o', f'progressive={"yes" if progressive else "no"}',
                                 self.path('a.png'), out)
                    with Image.open(out) as written:
                        self.assertEqual(written.layer[0][1:3], factors)
                        self.assertEqual(bool(written.info.get('progressive')), progressive)
                        error = np.abs(np.asarray(written).astype(int) - np.asarray(image)).mean()
                    self.assertLess(error, 6)
        sizes = []
        for quality in (20, 60, 95):
            self.run_mim('convert', '--force', '-o', f'quality={quality}', self.path('a.png'), self.path('b.jpg'))
            sizes.append(os.path.getsize(self.path('b.jpg')))
        self.assertEqual(sizes, sorted(sizes))

    def test_gray_stays_gray_and_alpha_is_noted(self):
        for mode, expected in (('L', 'L'), ('LA', 'L'), ('RGBA', 'RGB'), ('I;16', 'L')):
            with self.subTest(mode):
                image = Image.new(mode, (8, 8), 1000 if mode == 'I;16' else None)
                image.save(self.path('a.png'))
                done = self.run_mim('convert', '--force', self.path('a.png'), self.path('b.jpg'))
                self.assertEqual(done.returncode, 0, text(done.stderr))
                self.assertEqual(bool(done.stderr), mode != 'L')
                with Image.open(self.path('b.jpg')) as written:
                    self.assertEqual(written.mode, expected)

    def test_no_cut_passes_for_a_picture(self):
        """A cut is an error, or a note if only the end mark is missing and all pixels are there."""
        for how in ({}, {'progressive': True}, {'restart_marker_rows': 1}):
            data = coded(photograph(size=(40, 24)), **how)
            whole = pixels_of(data).tobytes()
            for end in range(2, len(data), 7 if how or SANITIZED else 1):
                path, out = self.put('cut.jpg', data[:end]), self.path('cut.raw')
                done = self.run_mim('convert', '--force', path, out)
                if done.returncode == 0:
                    with open(out, 'rb') as samples:
                        self.assertEqual((samples.read(), end >= len(data) - 2, b'end mark' in done.stderr), (whole, True, True), (how, end))
                else:
                    self.assertEqual(done.returncode, 6, (how, end, done.stderr))

    def test_partial_gives_the_rows_before_a_cut(self):
        data = coded(photograph(size=(64, 128)), subsampling=0)
        whole = pixels_of(data)
        cut = self.put('cut.jpg', data[:len(data) * 2 // 3])
        done = self.run_mim('convert', '--force', '--partial', cut, self.path('cut.raw'))
        self.assertEqual(done.returncode, 6)
        rows = np.fromfile(self.path('cut.raw'), np.uint8).reshape(whole.shape)
        good = int((rows == whole).all(axis=(1, 2)).argmin())
        self.assertGreaterEqual(good, 32)
        self.assertTrue((rows[good + 16:] == 0).all())

    def test_numbered_files_to_an_animation_and_back(self):
        frames = []
        for i in range(4):
            data = coded(photograph().rotate(i * 5))
            self.put(f'in_{i:03}.jpg', data)
            frames.append(pixels_of(data).tobytes())
        done = self.run_mim('convert', '--force', self.path('in_%03d.jpg'), self.path('all.raw'))
        self.assertEqual(done.returncode, 0, text(done.stderr))
        with open(self.path('all.raw'), 'rb') as out:
            self.assertEqual(out.read(), b''.join(frames))
        done = self.run_mim('convert', '--force', self.path('in_*.jpg'), self.path('out_%02d.jpg'))
        self.assertEqual(done.returncode, 0, text(done.stderr))
        self.assertEqual(len([name for name in os.listdir(self.path('.')) if name.startswith('out_')]), 4)

    def test_many_frames_need_a_pattern(self):
        for i in range(2):
            self.put(f'in_{i}.jpg', coded(photograph()))
        done = self.run_mim('convert', '--force', self.path('in_%d.jpg'), self.path('one.jpg'))
        self.assertNotEqual(done.returncode, 0)
        self.assertRegex(text(done.stderr), r'%0?3?d')
        self.assertFalse(os.path.exists(self.path('one.jpg')))

    def test_hostile_sizes(self):
        data = bytearray(coded(photograph()))
        at = data.index(b'\xff\xc0') + 5
        data[at:at + 4] = b'\xff\xff\xff\xff'
        done = self.run_mim('convert', '--force', self.put('large.jpg', bytes(data)), self.path('a.png'))
        self.assertIn(done.returncode, (5, 6), done.stderr)
        data[at:at + 4] = b'\0\0\0\x10'
        done = self.run_mim('info', self.put('rows.jpg', bytes(data)))
        self.assertNotEqual(done.returncode, 0)


tap.main()
