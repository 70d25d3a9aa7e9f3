# SPDX-License-Identifier: MIT
"""The input files, made once in a permanent directory by ffmpeg, tifffile and libtiff's tools."""

import os
import struct
import tempfile

import numpy as np

from contest import PYTHON, run

# The Debian package python3-imageio has real files: a video of a cockatoo, a photograph, a GIF animation.
REAL = '/usr/lib/python3/dist-packages/imageio/resources/images'
PHOTOGRAPH = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'data', 'photograph.png')


class Inputs:
    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)

    def path(self, name, make):
        """Return the file of that name, and make it if it is missing. An incomplete file is not kept."""
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            unfinished = os.path.join(self.folder, 'unfinished-' + name)
            make(unfinished)
            os.rename(unfinished, path)
        return path

    def ffmpeg(self, name, *arguments):
        return self.path(name, lambda path: run('ffmpeg', '-v', 'error', '-y', *arguments, path))

    # GIF

    def video_gif(self):
        return self.ffmpeg('video.gif', '-i', f'{REAL}/cockatoo.mp4', '-frames:v', 200, '-vf',
                           'scale=640:360,split[a][b];[a]palettegen[p];[b][p]paletteuse')

    def flat_gif(self):
        return self.ffmpeg('flat.gif', '-f', 'lavfi', '-i', 'testsrc2=s=640x480', '-frames:v', 200)

    def gradient_gif(self):
        return self.ffmpeg('gradient.gif', '-f', 'lavfi', '-i', 'mandelbrot=s=640x480,trim=end_frame=60', '-vf',
                           'split[a][b];[a]palettegen[p];[b][p]paletteuse=dither=none')

    def noise_gif(self):
        return self.ffmpeg('noise.gif', '-f', 'lavfi', '-i', 'color=gray:s=640x480', '-frames:v', 60, '-vf',
                           'noise=alls=100:allf=t')

    def real_gif(self):
        return f'{REAL}/newtonscradle.gif'

    # the same 600 frames of 640x360, without a key frame but for the first (GIF, APNG) or in groups of 250 (H.264)

    def grouped_video(self):
        return self.ffmpeg('grouped.mp4', '-stream_loop', 3, '-i', f'{REAL}/cockatoo.mp4', '-an', '-frames:v', 600, '-vf',
                           'scale=640:360', '-c:v', 'libx264', '-g', 250, '-keyint_min', 250, '-sc_threshold', 0,
                           '-pix_fmt', 'yuv420p')

    def grouped_large_video(self):
        return self.ffmpeg('grouped-large.mp4', '-i', self.grouped_video(), '-frames:v', 250, '-vf', 'scale=1920:1080',
                           '-c:v', 'libx264', '-preset', 'veryfast', '-g', 250, '-keyint_min', 250, '-sc_threshold', 0)

    def long_gif(self):
        return self.ffmpeg('long.gif', '-i', self.grouped_video(), '-vf',
                           'split[a][b];[a]palettegen[p];[b][p]paletteuse')

    def long_apng(self):
        return self.ffmpeg('long.png', '-i', self.grouped_video(), '-f', 'apng', '-compression_level', 1, '-pred', 'up')

    # video

    def large_video(self):
        return self.ffmpeg('large.mp4', '-i', f'{REAL}/cockatoo.mp4', '-frames:v', 120, '-an', '-vf', 'scale=1920:1080',
                           '-c:v', 'libx264', '-pix_fmt', 'yuv420p')

    def small_video(self):
        return self.ffmpeg('small.mp4', '-i', f'{REAL}/cockatoo.mp4', '-an', '-vf', 'scale=640:360', '-c:v', 'libx264',
                           '-pix_fmt', 'yuv420p')

    def old_video(self):
        return self.ffmpeg('old.avi', '-i', f'{REAL}/cockatoo.mp4', '-an', '-vf', 'scale=640:360', '-c:v', 'mpeg4', '-q:v',
                           4)

    # packed RGB

    def video_rgb(self):
        return self.ffmpeg('video-640x360.rgb', '-i', f'{REAL}/cockatoo.mp4', '-frames:v', 30, '-vf', 'scale=640:360',
                           '-f', 'rawvideo', '-pix_fmt', 'rgb24')

    def photo_rgb(self):
        return self.ffmpeg('photo-640x480.rgb', '-loop', 1, '-i', f'{REAL}/astronaut.png', '-frames:v', 30, '-vf',
                           'scale=960:960,crop=640:480:n*8:n*12', '-f', 'rawvideo', '-pix_fmt', 'rgb24')

    def flat_rgb(self):
        return self.ffmpeg('testsrc2-640x480.rgb', '-f', 'lavfi', '-i', 'testsrc2=s=640x480', '-frames:v', 30, '-f', 'rawvideo',
                           '-pix_fmt', 'rgb24')

    # PNG: 20 photographs of 1920 x 1080 with camera noise, as Pillow writes them

    def photo_files(self):
        def make(folder):
            packed = os.path.join(folder, 'packed')
            os.mkdir(folder)
            run('ffmpeg', '-v', 'error', '-loop', 1, '-i', PHOTOGRAPH, '-frames:v', 20, '-vf',
                'scale=2560:1920:flags=lanczos,crop=1920:1080:n*8:n*12,noise=alls=6:allf=t', '-f', 'rawvideo', '-pix_fmt',
                'rgb24', packed)
            run(*PYTHON, 'pillow-write-files', packed, os.path.join(folder, 'photo_%03d.png'), 1920, 1080)
            os.remove(packed)
        return os.path.join(self.path('photographs', make), 'photo_%03d.png')

    # JPEG and WebP: the same photographs, one large picture with restart markers, and an animation

    def photo_jpegs(self):
        return self.converted_photos('jpegs', 'jpg', '-q:v', 3)

    def photo_webps(self):
        return self.converted_photos('webps', 'webp', '-c:v', 'libwebp', '-f', 'image2', '-quality', 80)

    def converted_photos(self, name, extension, *options):
        def make(folder):
            os.mkdir(folder)
            run('ffmpeg', '-v', 'error', '-start_number', 0, '-i', self.photo_files(), *options, '-start_number', 0,
                os.path.join(folder, 'photo_%03d.' + extension))
        return os.path.join(self.path(name, make), 'photo_%03d.' + extension)

    def large_jpeg(self):
        return self.ffmpeg('large.jpg', '-i', PHOTOGRAPH, '-vf', 'scale=7680:4320:flags=lanczos,noise=alls=6:allf=t', '-pix_fmt',
                           'yuvj420p', '-threads', 2, '-thread_type', 'slice', '-q:v', 3)

    def real_webp(self):
        return self.path('real.webp', lambda path: run('gif2webp', '-quiet', self.real_gif(), '-o', path))

    def video_webp(self):
        return self.ffmpeg('video.webp', '-i', f'{REAL}/cockatoo.mp4', '-frames:v', 60, '-vf', 'scale=640:360', '-c:v', 'libwebp_anim',
                           '-quality', 75)

    def gif_frames(self, gif):
        """The frames of a GIF as numbered PNG files."""
        def make(folder):
            os.mkdir(folder)
            run('ffmpeg', '-v', 'error', '-i', gif, '-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-compression_level', 1,
                os.path.join(folder, 'frame_%04d.png'))
        folder = self.path('frames-of-' + os.path.basename(gif), make)
        return [os.path.join(folder, name) for name in sorted(os.listdir(folder))]

    def photo_animation(self):
        return self.ffmpeg('photographs.apng', '-i', self.photo_files(), '-f', 'apng', '-plays', 0)

    # TIFF: 200 pages of 512 x 512 u16, moving fluorescent blobs with noise

    def stack(self, kind):
        if kind == 'raw':
            return self.path('stack-raw.tif', write_blobs)
        layout = {'lzw': ['-r', 64, '-c', 'lzw:2'], 'deflate': ['-r', 64, '-c', 'zip:2'],
                  'packbits': ['-r', 64, '-c', 'packbits'], 'tiles': ['-t', '-w', 128, '-l', 128, '-c', 'zip:2']}[kind]
        return self.path(f'stack-{kind}.tif', lambda path: run('tiffcp', *layout, self.stack('raw'), path))

    def tiny_pages(self):
        pages = np.arange(1000 * 16 * 16, dtype=np.uint16).reshape(1000, 16, 16)
        return self.path('tiny.tif', lambda path: write_pages(path, pages))

    def many_pages(self):
        return self.path('many.tif', write_many_pages)

    def photo_stack(self):
        def write(path):
            frames = np.fromfile(self.photo_rgb(), np.uint8).reshape(-1, 480, 640, 3)
            write_pages(path, frames, photometric='rgb', rowsperstrip=64)
        return self.path('photo-stack.tif', write)

    def long_stack(self):
        return self.path('long.tif', write_long_stack)

    # PDF, by mutool: lines of text, curves, photographs

    def pdf(self, name, pages):
        def make(path):
            with tempfile.TemporaryDirectory() as folder:
                names = []
                for i, page in enumerate(pages()):
                    names.append(os.path.join(folder, f'{i:04}.txt'))
                    write_bytes(names[-1], page.encode())
                run('mutool', 'create', '-o', path, *names)
        return self.path(name, make)

    def pdf_text(self):
        return self.pdf('text.pdf', lambda: map(text_page, range(40)))

    def pdf_drawing(self):
        return self.pdf('drawing.pdf', lambda: map(drawn_page, range(12)))

    def pdf_pictures(self):
        page = f'%%MediaBox 0 0 612 792\n%%Image P {REAL}/astronaut.png\n'
        return self.pdf('pictures.pdf', lambda: (page + f'q {400 + 20 * i} 0 0 {400 + 20 * i} 30 {90 + i} cm /P Do Q\n'
                                                 for i in range(8)))

    # headers that claim pixels without data

    def gif_bomb(self):
        head = struct.pack('<6sHHBBB', b'GIF89a', 65535, 65535, 0x80, 0, 0) + bytes(6)
        image = struct.pack('<BHHHHB', 0x2c, 0, 0, 65535, 65535, 0) + b'\x02\x02\x4c\x01\x00\x3b'
        control = b'\x21\xf9\x04\x00\x00\x00\x00\x00'
        return self.path('bomb.gif', lambda path: write_bytes(path, (head + control + image).ljust(49, b'\x3b')))

    def tiff_bomb(self):
        tags = [(256, 4, 1, 32768), (257, 4, 1, 32768), (258, 3, 1, 8), (259, 3, 1, 5), (262, 3, 1, 1), (273, 4, 1, 8),
                (277, 3, 1, 1), (278, 4, 1, 32768), (279, 4, 1, 8)]
        data = b'II*\0' + struct.pack('<I', 16) + bytes(8) + struct.pack('<H', len(tags))
        data += b''.join(struct.pack('<HHII', *tag) for tag in tags) + bytes(4)
        return self.path('bomb.tif', lambda path: write_bytes(path, data))


def write_bytes(path, data):
    with open(path, 'wb') as file:
        file.write(data)


def write_pages(path, pages, **options):
    import tifffile
    with tifffile.TiffWriter(path) as tiff:
        for page in pages:
            tiff.write(page, **{'photometric': 'minisblack', 'contiguous': False, 'metadata': None, **options})


def blobs(count=200, side=512):
    """Make frames of a fluorescence microscope: 40 drifting spots on a dark background, with camera noise."""
    random = np.random.default_rng(1)
    place, drift = random.uniform(0, side, (40, 2)), random.normal(0, 1.5, (40, 2))
    spread, height = random.uniform(6, 30, 40), random.uniform(500, 8000, 40)
    axis = np.arange(side)
    for i in range(count):
        frame = 300 + random.standard_normal((side, side), dtype=np.float32) * 12
        for (y, x), wide, high in zip(place + drift * i, spread, height):
            frame += high * np.outer(np.exp(-((axis - y) / wide) ** 2 / 2), np.exp(-((axis - x) / wide) ** 2 / 2))
        yield np.clip(frame, 0, 65535).astype(np.uint16)


def write_blobs(path):
    write_pages(path, blobs(), rowsperstrip=64)


def write_many_pages(path, count=100000, side=16):
    """Make a stack of small pages, each directory before its pixels, as cameras do."""
    size = 2 + 9 * 12 + 4 + side * side
    with open(path, 'wb') as file:
        file.write(b'II*\0\x08\0\0\0')
        for i in range(count):
            at = 8 + i * size
            tags = [(256, 4, side), (257, 4, side), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, at + size - side * side),
                    (277, 3, 1), (278, 4, side), (279, 4, side * side)]
            file.write(struct.pack('<H', len(tags)) + b''.join(struct.pack('<HHII', tag, kind, 1, value)
                                                               for tag, kind, value in tags))
            file.write(struct.pack('<I', at + size if i + 1 < count else 0) + bytes([i % 251]) * (side * side))


def write_long_stack(path):
    """Make 2000 pages of 1024 x 1024, which are 2 GB of pixels in a small file."""
    page = np.kron(np.arange(256, dtype=np.uint8).reshape(16, 16), np.ones((64, 64), np.uint8))
    write_pages(path, (np.roll(page, i, axis=0) for i in range(2000)), compression='zlib', compressionargs={'level': 1})


def text_page(number):
    words = 'the quick brown fox jumps over a lazy dog while seven wizards mix quartz liquid'.split()
    lines = [' '.join(words[(number * 7 + y * 3 + x * x) % len(words)] for x in range(14)) for y in range(55)]
    shown = '\n'.join(f'({line}) Tj T*' for line in lines)
    return f'%%MediaBox 0 0 612 792\n%%Font T Times-Roman\nBT /T 11 Tf 13 TL 60 740 Td\n{shown}\nET\n'


def drawn_page(number):
    curves = []
    for i in range(600):
        x, y = (i * 37 + number * 11) % 560 + 20, (i * 53 + number * 29) % 740 + 20
        curves.append(f'{i % 7 / 7:.2f} {i % 11 / 11:.2f} {i % 5 / 5:.2f} rg {x} {y} m {x + 60} {y + 9} {x - 9} {y + 60} '
                      f'{x + 40} {y + 40} c {x + 20} {y - 30} l {"f" if i % 3 else "S"}')
    return '%%MediaBox 0 0 612 792\n0.7 w\n' + '\n'.join(curves) + '\n'
