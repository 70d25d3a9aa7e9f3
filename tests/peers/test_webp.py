#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""WebP: pixels and timing by libwebp's own decoders, Pillow and dwebp; chunks by webpmux; files that are cut."""

import os
import random
import re
import struct
import subprocess

import numpy as np
from PIL import Image, ImageCms, ImageOps

import tap
from peers import PATIENCE, PeerCase, tool


def chunk(name, data):
    return name + struct.pack('<I', len(data)) + data + b'\0' * (len(data) % 2)


def riff(data):
    return b'RIFF' + struct.pack('<I', 4 + len(data)) + b'WEBP' + data


def number24(value):
    return struct.pack('<I', value)[:3]


def pixel_chunks(path):
    """The chunks of the pixels in a file of one picture."""
    with open(path, 'rb') as file:
        data = file.read()
    at, kept = 12, b''
    while at + 8 <= len(data):
        size = struct.unpack_from('<I', data, at + 4)[0]
        if data[at:at + 4] in (b'ALPH', b'VP8 ', b'VP8L'):
            kept += data[at:at + 8 + size + size % 2]
        at += 8 + size + size % 2
    return kept


def samples(chance, height, width, alphas):
    rng = np.random.default_rng(chance.randint(0, 1 << 30))
    rgba = rng.integers(0, 256, (height, width, 4)).astype(np.uint8)
    rgba[..., 3] = rng.choice(alphas, (height, width))
    return rgba


def with_alpha(frame):
    opaque = np.full(frame.shape[:2] + (1,), 255, np.uint8)
    return frame if frame.shape[2] == 4 else np.concatenate((frame, opaque), axis=2)


def visible(rgba):
    return np.where(rgba[..., 3:] == 0, 0, rgba).astype(np.uint8)


def by_pillow(path):
    """Frames as RGBA."""
    frames = []
    with Image.open(path) as image:
        for i in range(getattr(image, 'n_frames', 1)):
            image.seek(i)
            image.load()
            frames.append(np.array(image.convert('RGBA')))
    return frames


class WebP(PeerCase):
    def assert_same_as_pillow(self, path, tolerance=0):
        expected = by_pillow(path)
        found = [with_alpha(frame) for frame in self.pixels(path)]
        self.assertEqual(len(found), len(expected))
        for one, other in zip(found, expected):
            difference = np.abs(visible(one).astype(int) - visible(other))
            self.assertLessEqual(difference.max(), tolerance)

    def random_animation(self, seed, alphas, most=6):
        """Write an animation with every operation, offset and kind of pixels."""
        chance = random.Random(seed)
        width, height, frames = chance.randint(3, 40), chance.randint(3, 40), b''
        for _ in range(chance.randint(1, most)):
            w, h = chance.randint(1, width), chance.randint(1, height)
            x, y = chance.randint(0, (width - w) // 2), chance.randint(0, (height - h) // 2)
            part = self.path('part.webp')
            Image.fromarray(samples(chance, h, w, chance.choice(alphas))).save(part, lossless=chance.random() < 0.5, quality=60)
            head = b''.join(map(number24, (x, y, w - 1, h - 1, chance.randint(0, 3000)))) + bytes([chance.randint(0, 3)])
            frames += chunk(b'ANMF', head + pixel_chunks(part))
        vp8x = bytes([0x12, 0, 0, 0]) + number24(width - 1) + number24(height - 1)
        path = self.path('random.webp')
        with open(path, 'wb') as file:
            file.write(riff(chunk(b'VP8X', vp8x) + chunk(b'ANIM', b'\x40\x30\x20\xff' + struct.pack('<H', seed)) + frames))
        return path

    def test_pictures_have_the_pixels_of_pillow_and_dwebp(self):
        for seed in range(24):
            chance = random.Random(seed)
            rgba = samples(chance, chance.randint(1, 60), chance.randint(1, 60), chance.choice(((255,), (0, 1, 200, 255))))
            path, out = self.path('still.webp'), self.path('still.pam')
            Image.fromarray(rgba).save(path, lossless=seed % 2 == 0, exact=True, quality=chance.choice((5, 50, 95)))
            with self.subTest(seed=seed):
                self.assert_same_as_pillow(path)
                subprocess.run([tool('dwebp'), '-quiet', path, '-pam', '-o', out], check=True, timeout=PATIENCE)
                with open(out, 'rb') as file:
                    pam = file.read().split(b'ENDHDR\n', 1)[1]
                self.assertEqual(with_alpha(self.pixels(path)[0]).tobytes(), pam)

    def test_animations_are_composed_as_by_libwebp(self):
        for seed in range(40):
            with self.subTest(seed=seed):
                self.assert_same_as_pillow(self.random_animation(seed, ((255,), (0, 255))))

    def test_translucent_pixels_are_blended_as_by_libwebp_up_to_rounding(self):
        for seed in range(40):
            with self.subTest(seed=seed):
                path = self.random_animation(seed, ((255,), (0, 255), (60, 128, 255)), most=2)
                self.assert_same_as_pillow(path, tolerance=1)  # libwebp rounds down, in each blending

    def test_animations_have_the_timing_of_pillow(self):
        path = self.path('timed.webp')
        pictures = [Image.new('RGB', (9, 7), (i * 40, 0, 0)) for i in range(5)]
        pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[40, 1, 333, 16777215, 20], loop=7, lossless=True)
        self.assertEqual(self.info(path)['loop'], 7)
        self.mim('convert', '-q', '--force', path, self.path('again.webp'))
        done = subprocess.run([tool('webpmux'), '-info', self.path('again.webp')], stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
        self.assertIn('Loop Count : 7', done.stdout)
        durations = re.findall(r'(?m)^ +\d+: +\d+ +\d+ +\S+ +\d+ +\d+ +(\d+)', done.stdout)
        self.assertEqual(durations, ['40', '1', '333', '16777215', '20'])

    def test_what_mim_writes_is_read_by_pillow(self):
        for seed in range(12):
            chance = random.Random(seed)
            height, width, alphas = chance.randint(1, 40), chance.randint(1, 40), chance.choice(((255,), (0, 128, 255)))
            frames = [samples(chance, height, width, alphas)]
            for _ in range(chance.randint(0, 4)):
                y, x = chance.randint(0, height - 1), chance.randint(0, width - 1)
                frames.append(frames[-1].copy())
                frames[-1][y:y + 5, x:x + 5] = samples(chance, height, width, alphas)[y:y + 5, x:x + 5]
                if chance.random() < 0.5:  # scattered changes, between which pixels become transparent
                    y, x = chance.randint(0, height - 1), chance.randint(0, width - 1)
                    frames[-1][y::3, x::4] = samples(chance, height, width, alphas)[y::3, x::4]
            path = self.path('written.webp')
            self.mim('convert', '-q', '--force', *self.raw_input(frames), path, '-o', 'lossless=yes')
            with self.subTest(seed=seed):
                found = by_pillow(path)
                self.assertEqual(len(found), len(frames))
                for one, other in zip(found, frames):
                    np.testing.assert_array_equal(one, other)
                done = subprocess.run([tool('webpinfo'), '-summary', path], stdout=subprocess.PIPE, text=True, timeout=PATIENCE)
                self.assertIn('No error detected', done.stdout)

    def test_metadata_are_kept(self):
        path, again = self.path('meta.webp'), self.path('again.webp')
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
        exif, xmp = Image.Exif(), b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>'
        exif[271] = 'a maker'
        picture = Image.new('RGB', (8, 5), (1, 2, 3))
        for more in ([], [Image.new('RGB', (8, 5), (9, 9, 9))]):
            picture.save(path, icc_profile=profile, exif=exif, xmp=xmp, lossless=True, save_all=bool(more), append_images=more)
            self.mim('convert', '--force', '--strict', path, again)
            with self.subTest(frames=1 + len(more)), Image.open(again) as image:
                self.assertEqual(image.info['icc_profile'], profile)
                self.assertEqual(image.getexif()[271], 'a maker')
                self.assertEqual(image.info['xmp'], xmp)

    def test_pictures_are_turned_as_exif_says(self):
        exif = Image.Exif()
        for orientation in range(1, 9):
            for mode in ('RGB', 'RGBA'):
                exif[0x0112], path, again = orientation, self.path('turned.webp'), self.path('again.webp')
                picture = Image.fromarray(samples(random.Random(orientation), 21, 34, (255, 90))).convert(mode)
                picture.save(path, lossless=True, exact=True, exif=exif)
                self.mim('convert', '-q', '--force', path, again, '-o', 'lossless=yes')
                with self.subTest(orientation=orientation, mode=mode), Image.open(path) as image, Image.open(again) as written:
                    turned = np.asarray(ImageOps.exif_transpose(image))
                    np.testing.assert_array_equal(self.pixels(path)[0], turned)
                    np.testing.assert_array_equal(self.pixels(path, '-i', 'orient=no')[0], np.asarray(image))
                    np.testing.assert_array_equal(np.asarray(written), turned)
                    self.assertEqual(written.getexif()[0x0112], 1)

    def test_exif_begins_with_its_byte_order(self):
        path, exif = self.path('exif.webp'), b'II*\0\x08\0\0\0\0\0\0\0\0\0'
        Image.new('RGB', (8, 5)).save(self.path('plain.webp'), lossless=True)
        vp8x = bytes([0x08, 0, 0, 0]) + number24(7) + number24(4)
        with open(path, 'wb') as file:
            file.write(riff(chunk(b'VP8X', vp8x) + pixel_chunks(self.path('plain.webp')) + chunk(b'EXIF', b'Exif\0\0' + exif)))
        self.mim('convert', '-q', '--force', path, self.path('exif.png'))
        with open(self.path('exif.png'), 'rb') as file:
            self.assertIn(b'eXIf' + exif, file.read())

    def test_files_cut_anywhere_are_reported(self):
        path = self.random_animation(3, ((255,),))
        count, whole = len(by_pillow(path)), os.path.getsize(path)
        with open(path, 'rb') as file:
            data = file.read()
        cut = self.path('cut.webp')
        for size in range(12, whole - 1, 7):
            with open(cut, 'wb') as file:
                file.write(data[:size])
            done = self.run_mim('convert', '-q', '--force', cut, self.path('cut.raw'), '--color', 'rgba')
            self.assertNotEqual(done.returncode, 0, f'{size} of {whole} bytes gave {count} frames')


if __name__ == '__main__':
    tap.main()
