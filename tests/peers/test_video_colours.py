#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The colour matrix: as the file states it, else by the rule of mpv; what mim writes reads back the same."""

import itertools

import numpy as np

import tap
from peers import text
from videopeers import VideoWriting, expected_frames

COLOUR = (200, 50, 20)
SD, WIDE, HD = (640, 480), (1280, 536), (1920, 1080)

SCALE_NAMES = {'bt470bg': 'bt470'}  # matrices that ffmpeg's filter scale calls otherwise than ffprobe

# container, codec and options
WRITTEN = (
    ('mp4', 'libx264'), ('mkv', 'libx265'), ('webm', 'libvpx-vp9'), ('webm', 'libvpx'), ('mkv', 'libaom-av1', 'codec:cpu-used=8'),
    ('mp4', 'mpeg4'), ('avi', 'mpeg4'), ('avi', 'libxvid'), ('mpg', 'mpeg2video'), ('mpg', 'mpeg1video'), ('avi', 'mjpeg'),
    ('mjpeg', 'mjpeg'), ('h264', 'libx264'), ('hevc', 'libx265'), ('mkv', 'ffv1', 'pixelformat=yuv420p'),
    ('avi', 'huffyuv', 'pixelformat=yuv422p'), ('avi', 'ffvhuff', 'pixelformat=yuv420p'),
    ('avi', 'utvideo', 'pixelformat=yuv420p'), ('mov', 'prores_ks'), ('ogv', 'libtheora'), ('wmv', 'wmv2'), ('avi', 'msmpeg4'),
    ('flv', 'flv'), ('mkv', 'ffv1'), ('avi', 'huffyuv'), ('mov', 'qtrle'), ('mkv', 'libx264', 'pixelformat=yuv444p'),
)


def rule(size):
    """The matrix that mpv takes for pictures without one."""
    return 'bt709' if size[0] >= 1280 or size[1] > 576 else 'bt601'


def tags(matrix, scale='tv'):
    """Options of ffmpeg that tag an output. Since version 7 -colorspace alone converts what is not tagged so before."""
    return '-vf', f'setparams=colorspace={matrix}:range={scale}', '-colorspace', matrix, '-color_range', scale


class VideoColours(VideoWriting):
    def assertColour(self, got, message, most=4):
        worst = np.abs(got.astype(int) - COLOUR).max()
        self.assertLessEqual(worst, most, f'{message}: {got[9, 9]}')

    def encode(self, name, size, matrix, *arguments):
        """A file of one colour, without tags, by the ffmpeg command."""
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i',
                      f'color=c=0x{bytes(COLOUR).hex()}:s={size[0]}x{size[1]}:r=5:d=0.4', '-vf',
                      f'scale=out_color_matrix={matrix},format=yuv420p', *arguments, self.path(name))
        return self.path(name)

    def noise(self, name, pixels, depth, planes, size, *arguments):
        """Frames of random luma, and chroma of one colour each, by the ffmpeg command."""
        width, height = size
        random = np.random.default_rng(depth)
        frames = []
        for gray in (True, False, False, False, False, False):
            for i, (columns, rows) in enumerate(planes):
                shape = -(-height // rows), -(-width // columns)
                one = 1 << (depth - 1) if gray else random.integers(0, 1 << depth)
                frames.append(np.full(shape, one) if i in (1, 2) else random.integers(0, 1 << depth, shape))
        data = b''.join(frame.astype('<u2' if depth > 8 else 'u1').tobytes() for frame in frames)
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', pixels, '-s', f'{width}x{height}', '-i', '-', '-c:v',
                      'ffv1', '-strict', '-2', *arguments, self.path(name), data=data)
        return self.path(name)

    def assertExact(self, path, size, pixel, theirs):
        got = self.mim('convert', '-q', '-i', f'pixelformat={pixel}', path, '-', '--to', 'raw')
        channels = {'rgb24': 3, 'rgb48': 6, 'rgba': 4, 'gray': 1}[pixel]
        self.assertSameBytes(got, expected_frames(path, theirs), size[0] * size[1] * channels, f'{pixel} of {path}')

    def test_yuv_is_converted_by_the_formula(self):
        subsampled = {'420': (2, 2), '422': (2, 1), '444': (1, 1)}
        matrices = itertools.cycle(('smpte170m', 'bt709', 'bt2020nc', 'bt709', 'bt2020nc', 'smpte170m', 'bt2020nc'))
        for depth, subsampling, scale in itertools.product((8, 10, 12), subsampled, ('tv', 'pc')):
            pixels, matrix = f'yuv{subsampling}p' + (f'{depth}le' if depth > 8 else ''), next(matrices)
            with self.subTest(pixels, scale=scale, matrix=matrix):
                chroma = subsampled[subsampling]
                path = self.noise('in.mkv', pixels, depth, ((1, 1), chroma, chroma), (66, 34), *tags(matrix, scale))
                self.assertExact(path, (66, 34), 'rgb24', 'rgb24')
                self.assertExact(path, (66, 34), 'rgb48', 'rgb48le')

    def test_other_layouts_are_converted_by_the_formula(self):
        stored = ('-c:v', 'rawvideo', '-allow_raw_vfw', '1')
        for pixels, planar, depth, chroma, pixel in (
                ('nv12', 'yuv420p', 8, (2, 2), 'rgb48'), ('nv21', 'yuv420p', 8, (2, 2), 'rgb24'),
                ('yuyv422', 'yuv422p', 8, (2, 1), 'rgba'), ('uyvy422', 'yuv422p', 8, (2, 1), 'rgb24'),
                ('yuv420p16le', 'yuv420p16le', 16, (2, 2), 'rgb24'), ('yuv422p16le', 'yuv422p16le', 16, (2, 1), 'rgb24'),
                ('yuv444p16le', 'yuv444p16le', 16, (1, 1), 'gray')):
            with self.subTest(pixels):
                path = self.noise('in.mkv', planar, depth, ((1, 1), chroma, chroma), (66, 34), *tags('bt709'),
                                  *(('-pix_fmt', pixels) + stored if pixels != planar else ()))
                self.assertExact(path, (66, 34), pixel, 'rgb48le' if pixel == 'rgb48' else pixel)

    def test_gray_alpha_and_odd_sizes_are_converted_by_the_formula(self):
        scales = itertools.cycle(('tv', 'pc', 'pc', 'tv'))
        for pixels, depth, planes in (('gray', 8, [(1, 1)]), ('gray10le', 10, [(1, 1)]), ('gray12le', 12, [(1, 1)]),
                                      ('yuva420p', 8, [(1, 1), (2, 2), (2, 2), (1, 1)]),
                                      ('yuva444p10le', 10, [(1, 1)] * 4), ('yuv440p', 8, [(1, 1), (1, 2), (1, 2)])):
            for size in ((17, 33), (1030, 5)):
                scale = next(scales)
                with self.subTest(pixels, size=size, scale=scale):
                    path = self.noise('in.mkv', pixels, depth, planes, size, '-color_range', scale)
                    for pixel, theirs in (('rgb48', 'rgb48le'), ('rgba', 'rgba'), ('gray', 'gray')):
                        self.assertExact(path, size, pixel, theirs)

    def test_white_of_every_depth_is_white(self):
        for depth, pixels in ((8, 'yuv420p'), (10, 'yuv420p10le'), (12, 'yuv422p12le')):
            rows = 2 if '420' in pixels else 1
            white = np.full((32, 32), 235 << (depth - 8)), *[np.full((32 // rows, 16), 128 << (depth - 8))] * 2
            data = b''.join(plane.astype('<u2' if depth > 8 else 'u1').tobytes() for plane in white)
            self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'rawvideo', '-pix_fmt', pixels, '-s', '32x32', '-i', '-', '-c:v', 'ffv1',
                          '-strict', '-2', '-color_range', 'tv', self.path('white.mkv'), data=data)
            for pixel, top in (('rgb24', 255), ('rgb48', 65535), ('gray', 255), ('gray16', 65535)):
                for size in ('32x32', '19x70'):
                    [got] = self.pixels(self.path('white.mkv'), '-i', f'pixelformat={pixel}', '-i', f'size={size}')
                    self.assertTrue((got == top).all(), f'{pixels} as {pixel} of {size}: {got[3, 3]}')

    def test_every_codec_reads_back_at_every_size(self):
        for name, codec, *options in WRITTEN:
            for size in (SD, WIDE, HD):
                with self.subTest(codec, name=name, size=size):
                    frames = [np.full((size[1], size[0], 3), COLOUR, np.uint8)] * 2
                    path = self.write(frames, 'out.' + name, *[word for option in (f'codec={codec}', *options)
                                                               for word in ('-o', option)])
                    self.assertColour(self.pixels(path)[0], codec)
                    stated = self.video(path).get('color_space', 'unknown')
                    used = rule(size) if stated in ('unknown', 'unspecified') else stated
                    if stated != 'gbr' and self.video(path)['pix_fmt'][:3] == 'yuv':
                        raw = self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-vf',
                                            f'scale=in_color_matrix={SCALE_NAMES.get(used, used)}', '-f',
                                            'rawvideo', '-pix_fmt', 'rgb24', '-')
                        self.assertColour(np.frombuffer(raw, np.uint8).reshape(-1, *size[::-1], 3)[0], f'{codec} by ffmpeg')

    def test_a_padded_size_counts(self):
        """1279 columns become 1280 in the file."""
        frames = [np.full((100, 1279, 3), COLOUR, np.uint8)] * 2
        path = self.write(frames, 'out.avi', '-o', 'codec=mpeg4', '-o', 'macro_block_size=16')
        self.assertColour(self.pixels(path)[0], 'padded')

    def test_untagged_files_are_bt709_from_1280_columns_or_577_rows_on(self):
        for size in (SD, WIDE, HD, (1278, 576), (64, 578), (720, 576)):
            for name, *arguments in (('in.mp4', '-c:v', 'libx264', '-qp', '1'), ('in.avi', '-c:v', 'mpeg4', '-q:v', '1'),
                                     ('in.hevc', '-c:v', 'libx265', '-x265-params', 'log-level=none:lossless=1')):
                with self.subTest(name, size=size):
                    path = self.encode(name, size, rule(size), *arguments)
                    self.assertColour(self.pixels(path)[0], name)

    def test_jpeg_is_bt601_and_tags_are_obeyed_at_every_size(self):
        for size in (SD, HD):
            with self.subTest('mjpeg', size=size):
                path = self.encode('in.avi', size, 'bt601', '-vf', 'scale=out_color_matrix=bt601:out_range=pc,format=yuvj420p',
                                   '-c:v', 'mjpeg', '-q:v', '1')
                self.assertColour(self.pixels(path)[0], 'mjpeg')
            for tag, matrix in (('bt709', 'bt709'), ('smpte170m', 'bt601'), ('bt470bg', 'bt601'), ('bt2020nc', 'bt2020')):
                with self.subTest(tag, size=size):
                    path = self.encode('in.mp4', size, matrix, '-c:v', 'libx264', '-qp', '1', '-colorspace', tag)
                    self.assertColour(self.pixels(path)[0], tag)

    def test_the_option_overrides_the_size_and_the_tag(self):
        # ffmpeg 7 converts the picture to the matrix of -colorspace
        for stated in ((), ('-bsf:v', 'h264_metadata=matrix_coefficients=1')):
            for matrix in ('bt601', 'bt709', 'bt2020', 'smpte240m', 'fcc'):
                with self.subTest(matrix, stated=stated):
                    path = self.encode('in.mp4', SD, matrix, '-c:v', 'libx264', '-qp', '1', *stated)
                    self.assertColour(self.pixels(path, '-i', f'matrix={matrix}')[0], matrix)
        self.assertIn('bt2020', self.refuse(2, 'info', '-i', 'matrix=bt602', self.path('in.mp4')))

    def test_avif_is_bt601(self):
        path = self.encode('in.avif', HD, 'bt601', '-vf', 'scale=out_color_matrix=bt601,format=yuv420p,setparams=colorspace=unknown',
                           '-frames:v', '1', '-c:v', 'libaom-av1', '-still-picture', '1', '-cpu-used', '8', '-crf', '5')
        self.assertIn(self.video(path).get('color_space', 'unknown'), ('unknown', 'unspecified'))
        self.assertColour(self.pixels(path, '--from', 'mp4')[0], 'avif')


if __name__ == '__main__':
    tap.main()
