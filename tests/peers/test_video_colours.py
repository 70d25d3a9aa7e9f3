#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The colour matrix: as the file states it, else by the rule of mpv; what mim writes reads back the same."""

import numpy as np

import tap
from peers import text
from videopeers import VideoWriting

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
