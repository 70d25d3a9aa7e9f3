#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Properties of pictures that conversions keep or report: the aspect of samples, colours of displays, HDR, alpha, profiles."""

import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

import tap
from peers import text
from videopeers import VideoWriting, expected_frames

PICTURE = 'testsrc2=s=160x96:r=10:d=0.4'
HDR = ('log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:max-cll=1000,400:'
       'master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,50)')
TAGS = ('-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc')
DISPLAY = {'red_x': '0.708', 'white_point_y': '0.329', 'max_luminance': '1000', 'min_luminance': '0.005'}

# container and codec: the aspect that ffprobe reads of samples of 16:11, or None if it is lost with a note
ASPECTS = (
    ('mp4', 'libx264', '16:11'), ('mov', 'libx264', '16:11'), ('3gp', 'mpeg4', '16:11'), ('mkv', 'libx264', '16:11'),
    ('mkv', 'ffv1', '16:11'), ('webm', 'libvpx-vp9', '233:160'),  # WebM stores whole columns
    ('avi', 'mpeg4', '16:11'), ('avi', 'mjpeg', '16:11'), ('ts', 'libx264', '16:11'), ('ts', 'mpeg4', '16:11'),
    ('wmv', 'wmv2', '16:11'), ('flv', 'libx264', '16:11'), ('flv', 'flv', None), ('ogv', 'libtheora', '16:11'),
    ('mjpeg', 'mjpeg', '16:11'), ('h264', 'libx264', '16:11'), ('hevc', 'libx265', '16:11'),
)
# container and codec: whether it keeps transfer and primaries, and the metadata of HDR10
COLOURS = (
    ('mp4', 'libx264', True, True), ('mov', 'libx264', True, True), ('mov', 'prores_ks', True, True), ('mkv', 'libx265', True, True),
    ('mkv', 'ffv1', True, True), ('webm', 'libvpx-vp9', True, True), ('webm', 'libaom-av1', True, True), ('mp4', 'mpeg4', True, True),
    ('hevc', 'libx265', True, True), ('ts', 'libx265', True, True), ('ts', 'libx264', True, False), ('flv', 'libx264', True, False), ('h264', 'libx264', True, False), ('3gp', 'mpeg4', False, False),
    ('avi', 'mpeg4', False, False), ('avi', 'libx264', True, False), ('ogv', 'libtheora', False, False), ('wmv', 'wmv2', False, False),
)
# container, codec and decoder of the ffmpeg command
ALPHA = (
    ('webm', 'libvpx-vp9', 'libvpx-vp9'), ('webm', 'libvpx', 'libvpx'), ('mkv', 'libvpx-vp9', 'libvpx-vp9'), ('mkv', 'ffv1', 'ffv1'),
    ('mkv', 'prores_ks', 'prores'), ('mov', 'prores_ks', 'prores'), ('mov', 'qtrle', 'qtrle'), ('mov', 'png', 'png'),
    ('avi', 'utvideo', 'utvideo'), ('avi', 'huffyuv', 'huffyuv'), ('avi', 'ffvhuff', 'ffvhuff'), ('avi', 'png', 'png'),
)


def with_aspect(png, x, y, unit=0):
    """A PNG with the chunk pHYs."""
    body = b'pHYs' + struct.pack('>IIB', x, y, unit)
    return png[:33] + struct.pack('>I', 9) + body + struct.pack('>I', zlib.crc32(body)) + png[33:]


class Properties(VideoWriting):
    def make(self, name, source, *arguments):
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', source, *arguments, self.path(name))
        return self.path(name)

    def convert(self, source, name, *options):
        """The path of the output, and the notes."""
        done = self.run_mim('convert', '--force', '--verbose', source, self.path(name), *options)
        self.assertEqual(done.returncode, 0, text(done.stderr))
        return self.path(name), text(done.stderr)

    def info(self, path):
        return text(self.mim('info', path))

    def picture(self, name, **more):
        Image.fromarray(np.random.default_rng(1).integers(0, 255, (30, 40, 3), np.uint8)).save(self.path(name), **more)
        return self.path(name)

    # --- aspect

    def test_videos_keep_the_aspect_of_samples(self):
        source = self.make('a.mp4', PICTURE, '-vf', 'setsar=16/11', '-c:v', 'libx264', '-pix_fmt', 'yuv420p')
        self.assertIn('sample_aspect    16/11', self.info(source))
        for container, codec, aspect in ASPECTS:
            with self.subTest(codec, container=container):
                path, notes = self.convert(source, 'b.' + container, '-o', 'codec=' + codec)
                stream = self.video(path)
                self.assertEqual((stream['width'], stream['height']), (160, 96))
                self.assertEqual('sample_aspect' in notes, aspect is None, notes)
                if aspect:
                    self.assertEqual(stream['sample_aspect_ratio'], aspect)

    def test_mpeg_2_reports_an_aspect_that_it_rounds(self):
        source = self.make('a.mp4', PICTURE, '-vf', 'setsar=16/11', '-c:v', 'libx264')
        wide = self.make('w.mp4', PICTURE, '-vf', 'setdar=16/9', '-c:v', 'libx264')
        for name in ('b.mpg', 'b.ts'):
            with self.subTest(name):
                self.assertIn('aspect', self.convert(source, name, '-o', 'codec=mpeg2video', '--fps', '25')[1])
                path, notes = self.convert(wide, name, '-o', 'codec=mpeg2video', '--fps', '25')
                self.assertNotIn('aspect', notes)
                self.assertEqual(self.video(path)['display_aspect_ratio'], '16:9')

    def test_formats_whose_players_ignore_the_aspect_get_square_samples(self):
        for aspect, size in (('16/11', (233, 96)), ('11/16', (160, 140))):
            source = self.make('a.mp4', PICTURE, '-vf', f'setsar={aspect}', '-c:v', 'libx264')
            for name in ('b.gif', 'b.apng'):
                with self.subTest(name, aspect=aspect):
                    path, notes = self.convert(source, name)
                    self.assertIn('square', notes)
                    self.assertNotIn('sample_aspect', notes)
                    self.assertEqual(Image.open(path).size, size)
                    path, notes = self.convert(source, name, '-i', 'square=no')
                    self.assertEqual(Image.open(path).size, (160, 96))
                    self.assertEqual('sample_aspect' in notes, name == 'b.gif' and aspect == '16/11')  # a GIF can store 11/16
        path, notes = self.convert(source, 'b.mkv', '-i', 'square=yes')
        self.assertNotIn('square', notes)
        stream = self.video(path)
        self.assertEqual((stream['width'], stream['height'], stream['sample_aspect_ratio']), (160, 140, '1:1'))

    def test_square_samples_say_nothing(self):
        for more in ((), ('-vf', 'setsar=1'), ('-vf', 'setsar=1000/1001')):
            source = self.make('a.mp4', PICTURE, *more, '-c:v', 'libx264')
            with self.subTest(more):
                self.assertNotIn('sample_aspect', self.info(source))
                path, notes = self.convert(source, 'b.gif')
                self.assertNotIn('square', notes)
                self.assertEqual(Image.open(path).size, (160, 96))

    def test_a_size_keeps_the_shape_of_the_picture(self):
        source = self.make('a.mp4', PICTURE, '-vf', 'setsar=16/11', '-c:v', 'libx264')
        for size, aspect in (('80x48', '16:11'), ('160x48', '8:11'), ('233x96', '1:1')):
            with self.subTest(size):
                path, _ = self.convert(source, 'b.mkv', '-o', 'codec=ffv1', '-i', 'size=' + size)
                self.assertEqual(self.video(path)['sample_aspect_ratio'], aspect)

    def test_pictures_keep_the_aspect(self):
        self.picture('p.png')
        with open(self.path('p.png'), 'rb') as file:
            png = file.read()
        with open(self.path('a.png'), 'wb') as file:
            file.write(with_aspect(png, 11, 16))
        self.picture('a.tif', dpi=(110, 160))
        for source in ('a.png', 'a.tif'):
            with self.subTest(source):
                self.assertIn('sample_aspect    16/11', self.info(self.path(source)))
                path, notes = self.convert(self.path(source), 'b.mp4')
                self.assertEqual(self.video(path)['sample_aspect_ratio'], '16:11')
                self.assertNotIn('aspect', notes)
                path, _ = self.convert(path, 'c.png')
                self.assertEqual(Image.open(path).info['aspect'], (11, 16))
                path, _ = self.convert(self.path('b.mp4'), 'c.tif')
                tags = Image.open(path).tag_v2
                self.assertEqual((tags[282], tags[283], tags[296]), (11, 16, 1))
                path, _ = self.convert(self.path('b.mp4'), 'c.pdf')
                size = text(self.run_tool('pdfinfo', path)).split('Page size:')[1].split()
                self.assertAlmostEqual(float(size[0]) / float(size[2]), 40 * 16 / (30 * 11), 3)

    def test_pages_of_a_series_have_their_own_aspect(self):
        self.picture('p.png')
        with open(self.path('p.png'), 'rb') as file:
            png = file.read()
        for i, (x, y) in enumerate(((1, 1), (1, 2), (3, 1))):
            with open(self.path(f'f{i}.png'), 'wb') as file:
                file.write(with_aspect(png, x, y))
        path, notes = self.convert(self.path('f%d.png'), 'b.pdf')
        self.assertEqual(notes, '')
        said = text(self.run_tool('pdfinfo', '-l', '3', path))
        sizes = [line.split('size:')[1].split() for line in said.splitlines() if ' size:' in line and line.startswith('Page')]
        for (width, _, height, *_), wanted in zip(sizes, (4 / 3, 8 / 3, 4 / 9)):
            self.assertAlmostEqual(float(width) / float(height), wanted, 3)

    def test_a_video_has_the_aspect_of_its_series(self):
        self.picture('p.png')
        with open(self.path('p.png'), 'rb') as file:
            png = file.read()
        for name, aspects, noted in (('even', ((11, 16), (11, 16)), False), ('uneven', ((11, 16), (1, 2)), True)):
            for i, (x, y) in enumerate(aspects):
                with open(self.path(f'{name}{i}.png'), 'wb') as file:
                    file.write(with_aspect(png, x, y))
                self.picture(f'{name}{i}.tif', dpi=(10 * x, 10 * y))
            for kind in ('png', 'tif'):
                with self.subTest(kind, name=name):
                    path, notes = self.convert(self.path(f'{name}%d.{kind}'), 'b.mkv')
                    self.assertEqual(self.video(path)['sample_aspect_ratio'], '16:11')
                    self.assertEqual("'sample_aspect'" in notes, noted, notes)
                    self.assertEqual('resolution' in notes, kind == 'tif', notes)

    def test_joined_inputs_with_other_properties_are_reported(self):
        wide = self.make('wide.mp4', PICTURE, '-vf', 'setsar=16/11', '-c:v', 'libx264')
        square = self.make('square.mp4', PICTURE, '-c:v', 'libx264')
        hdr = self.make('hdr.mp4', PICTURE + ',format=yuv420p10le', '-c:v', 'libx265', '-x265-params', HDR, *TAGS)
        usual = self.make('usual.mp4', PICTURE, '-c:v', 'libx264', '-color_primaries', 'bt709', '-color_trc', 'bt709')
        for one, other, noted in ((wide, square, "input 2 differs in 'sample_aspect': the output states the first input's"),
                                  (square, wide, "cannot keep the metadata 'sample_aspect'"), (wide, wide, None), (square, usual, None),
                                  (hdr, usual, "input 2 differs in 'transfer', 'primaries', 'mastering_display', 'content_light'"),
                                  (usual, hdr, "cannot keep the metadata 'transfer', 'primaries', 'mastering_display'"), (hdr, hdr, None)):
            with self.subTest(one.rpartition('/')[2], other=other.rpartition('/')[2]):
                done = self.run_mim('convert', '--force', one, other, self.path('out.mp4'))
                notes = '\n'.join(line for line in text(done.stderr).splitlines() if '8 bits' not in line)
                self.assertIn(noted, notes) if noted else self.assertEqual(notes, '')

    def test_pages_of_joined_inputs_keep_their_profiles(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
        changed = profile[:-1] + b'x'
        one, other = self.picture('one.png', icc_profile=profile), self.picture('other.png', icc_profile=changed)
        plain = self.picture('plain.png')
        done = self.run_mim('convert', '--force', one, other, other, self.path('out.tif'))
        self.assertEqual(text(done.stderr), '')
        with Image.open(self.path('out.tif')) as stack:
            for page, expected in enumerate((profile, changed, changed)):
                stack.seek(page)
                self.assertEqual(stack.tag_v2[34675], expected)
        for name in ('out.tif', 'out.pdf', 'out.apng'):
            done = self.run_mim('convert', '--force', one, plain, self.path(name))
            self.assertIn("input 2 differs in 'icc'", text(done.stderr))
        done = self.run_mim('convert', '--force', one, other, self.path('out.apng'))
        self.assertIn("input 2 differs in 'icc'", text(done.stderr))

    def test_a_turned_picture_has_turned_resolutions(self):
        for orientation in range(1, 9):
            exif = Image.Exif()
            exif[274] = orientation
            aspect = '2:1' if orientation < 5 else '1:2'
            axes = (72, 144) if orientation < 5 else (144, 72)
            for name, words in (('a.png', {'exif': exif}), ('a.jpg', {'exif': exif}), ('a.tif', {'tiffinfo': {274: orientation}})):
                with self.subTest(name, orientation=orientation):
                    source = self.picture(name, dpi=(72, 144), **words)
                    num, den = map(int, self.video(self.convert(source, 'b.mkv')[0])['sample_aspect_ratio'].split(':'))
                    wide, high = map(int, aspect.split(':'))
                    self.assertAlmostEqual(num / den, wide / high, 2)
                    with Image.open(self.convert(source, 'b.tif')[0]) as page:
                        np.testing.assert_allclose([float(value) for value in page.info['dpi']], axes, 0.01)
                    stored, _ = self.convert(source, 'c.mkv', '-i', 'orient=no')
                    num, den = map(int, self.video(stored)['sample_aspect_ratio'].split(':'))
                    self.assertAlmostEqual(num / den, 2, 2)

    def test_every_page_of_a_tiff_has_the_aspect(self):
        source = self.make('a.mp4', PICTURE, '-vf', 'setsar=16/11', '-c:v', 'libx264')
        path, _ = self.convert(source, 'b.tif')
        with Image.open(path) as stack:
            for page in range(4):
                stack.seek(page)
                self.assertEqual((stack.tag_v2[282], stack.tag_v2[283]), (11, 16))

    def test_a_gif_keeps_the_aspect_of_its_header(self):
        self.picture('p.gif')
        with open(self.path('p.gif'), 'rb') as file:
            gif = bytearray(file.read())
        gif[12] = 81  # (81 + 15) / 64 = 3/2
        with open(self.path('a.gif'), 'wb') as file:
            file.write(gif)
        path, notes = self.convert(self.path('a.gif'), 'b.gif')
        with open(path, 'rb') as file:
            self.assertEqual(file.read()[12], 81)
        self.assertEqual(notes, '')
        path, _ = self.convert(self.path('a.gif'), 'b.mkv')
        self.assertEqual(self.video(path)['sample_aspect_ratio'], '3:2')

    # --- fields

    def test_interlaced_video_is_reported(self):
        for order, first in (('1', 'top'), ('0', 'bottom')):
            for name, words in (('a.mp4', ('-c:v', 'libx264', '-x264-params', ('tff=1', 'bff=1')[order == '0'])),
                                ('a.ts', ('-c:v', 'mpeg2video', '-flags', '+ildct+ilme', '-top', order, '-r', '25'))):
                source = self.make(name, PICTURE + ',setfield=' + ('bff', 'tff')[int(order)], *words)
                self.assertIn(self.video(source)['field_order'][0], first)
                self.assertIn('field_order      ' + first, self.info(source))
                for output in ('b.mp4', 'b.mkv', 'b.gif'):
                    with self.subTest(name, first=first, output=output):
                        self.assertIn("'field_order'", self.convert(source, output)[1])
        self.assertNotIn('field_order', self.info(self.make('a.mp4', PICTURE, '-c:v', 'libx264')))

    # --- colours

    def side_data(self, path):
        """Side data of the stream and of its first frame, by type."""
        said = self.probe(path, '-show_frames', '-read_intervals', '%+#1')
        frames = [frame for frame in said.get('frames', said.get('packets_and_frames', [])) if 'side_data_list' in frame]
        listed = [stream.get('side_data_list', []) for stream in said['streams']] + [frame['side_data_list'] for frame in frames]
        return {item['side_data_type']: item for items in listed for item in items}

    def test_videos_keep_the_colours_of_displays(self):
        source = self.make('a.mp4', PICTURE + ',format=yuv420p10le', '-c:v', 'libx265', '-x265-params', HDR, *TAGS)
        for container, codec, keeps_colour, keeps_light in COLOURS:
            for pixels in ('auto', 'native'):
                with self.subTest(codec, container=container, pixels=pixels):
                    path, notes = self.convert(source, 'b.' + container, '-o', 'codec=' + codec, '-i', 'pixelformat=' + pixels)
                    stream = self.video(path)
                    wanted = ('smpte2084', 'bt2020') if keeps_colour else (None, None)
                    self.assertEqual((stream.get('color_transfer'), stream.get('color_primaries')), wanted)
                    self.assertEqual('transfer' in notes, not keeps_colour, notes)
                    self.assertEqual('primaries' in notes, not keeps_colour, notes)
                    self.assertEqual('mastering_display' in notes, not keeps_light, notes)
                    self.assertEqual('content_light' in notes, not keeps_light, notes)
                    if keeps_light:
                        data = self.side_data(path)
                        light, display = data['Content light level metadata'], data['Mastering display metadata']
                        self.assertEqual((light['max_content'], light['max_average']), (1000, 400))
                        for key, value in DISPLAY.items():
                            self.assertAlmostEqual(self.ratio(display[key]), self.ratio(value), 4, key)

    @staticmethod
    def ratio(words):
        number, _, unit = words.partition('/')
        return float(number) / float(unit or 1)

    def test_pictures_report_the_colours_that_they_lose(self):
        source = self.make('a.mp4', PICTURE + ',format=yuv420p10le', '-c:v', 'libx265', '-x265-params', HDR, *TAGS)
        for name in ('b.gif', 'b.tif', 'b.pdf', 'b.raw'):
            with self.subTest(name):
                _, notes = self.convert(source, name)
                for key in ('transfer', 'primaries', 'mastering_display', 'content_light'):
                    self.assertIn(key, notes)

    def chunks(self, path):
        """Those of a PNG that state the display."""
        with open(path, 'rb') as file:
            data, at, found = file.read(), 8, {}
        while at < len(data):
            size, name = struct.unpack_from('>I4s', data, at)
            found[name] = data[at + 8:at + 8 + size]
            at += size + 12
        return {name: found[name] for name in (b'cICP', b'mDCV', b'cLLI') if name in found}

    def test_pictures_of_hdr_video_and_back_keep_the_colours(self):
        source = self.make('a.mp4', PICTURE + ',format=yuv420p10le', '-c:v', 'libx265', '-x265-params', HDR, *TAGS)
        expected = {b'cICP': bytes((9, 16, 0, 1)), b'cLLI': struct.pack('>II', 10000000, 4000000),
                    b'mDCV': struct.pack('>8H2I', 35400, 14600, 8500, 39850, 6550, 2300, 15635, 16450, 10000000, 50)}
        for name in ('b%d.png', 'b.apng'):
            with self.subTest(name):
                path, notes = self.convert(source, name, '-i', 'pixelformat=rgb48')
                self.assertNotIn('metadata', notes)
                self.assertEqual(self.chunks(path.replace('%d', '0')), expected)
                again, _ = self.convert(path, 'again.png' if name == 'b.apng' else 'again%d.png', '--frames', '0')
                self.assertEqual(self.chunks(again.replace('%d', '0')), expected)
                video, notes = self.convert(path, 'c.mkv', '-o', 'codec=libx265', '-o', 'pixelformat=yuv420p10le')
                stream, data = self.video(video), self.side_data(video)
                self.assertNotIn('metadata', notes)
                self.assertEqual((stream['color_transfer'], stream['color_primaries'], stream['pix_fmt']), ('smpte2084', 'bt2020', 'yuv420p10le'))
                self.assertEqual(data['Content light level metadata']['max_content'], 1000)
                for key, value in DISPLAY.items():
                    self.assertAlmostEqual(self.ratio(data['Mastering display metadata'][key]), self.ratio(value), 4, key)

    def test_chunks_of_displays_that_are_damaged_are_reported(self):
        for name, body in ((b'cICP', bytes((9, 16, 1, 1))), (b'cICP', b'\x09'), (b'mDCV', bytes(23)), (b'cLLI', bytes(9))):
            with self.subTest(name):
                path = self.picture('a.png')
                with open(path, 'r+b') as file:
                    png = file.read()
                    file.seek(33)
                    file.write(struct.pack('>I', len(body)) + name + body + struct.pack('>I', zlib.crc32(name + body)) + png[33:])
                self.assertIn(f'chunk {name.decode()} is ignored', self.convert(path, 'b.png')[1])

    def test_a_picture_of_narrow_range_is_reported(self):
        path = self.picture('a.png')
        with open(path, 'r+b') as file:
            png = file.read()
            body = b'cICP' + bytes((1, 1, 0, 0))
            file.seek(33)
            file.write(struct.pack('>I', 4) + body + struct.pack('>I', zlib.crc32(body)) + png[33:])
        for name in ('b.tif', 'b.mkv'):
            self.assertIn("cannot keep the metadata 'range'", self.convert(path, name)[1])

    def test_ordinary_colours_are_kept_and_their_loss_is_no_news(self):
        for transfer, primaries in (('bt709', 'bt709'), ('smpte170m', 'smpte170m'), ('iec61966-2-1', 'bt709')):
            with self.subTest(transfer):
                source = self.make('a.mp4', f'{PICTURE},setparams=color_primaries={primaries}:color_trc={transfer}', '-c:v', 'libx264',
                                   '-color_primaries', primaries, '-color_trc', transfer)  # FFmpeg 7 takes those of the frames
                path, _ = self.convert(source, 'b.mkv')
                stream = self.video(path)
                self.assertEqual((stream['color_transfer'], stream['color_primaries']), (transfer, primaries))
                self.assertNotIn('metadata', self.convert(source, 'b.gif')[1])

    # --- alpha

    def moving_alpha(self, name, codec, *more):
        return self.make(name, "testsrc2=s=64x48:r=10:d=3,format=yuva420p,"
                         "geq=lum='lum(X,Y)':cb='cb(X,Y)':cr='cr(X,Y)':a='mod(X*4+N*8,256)'", '-c:v', codec, *more)

    def test_alpha_of_vp8_and_vp9_is_exact_in_any_order(self):
        for codec in ('libvpx-vp9', 'libvpx'):
            for name in ('a.webm', 'a.mkv'):
                with self.subTest(codec, name=name):
                    path = self.moving_alpha(name, codec, '-pix_fmt', 'yuva420p', '-auto-alt-ref', '0', '-g', '7')
                    whole = self.mim('convert', '-q', path, '-', '--to', 'raw')
                    self.assertSameBytes(whole, expected_frames(path, 'rgba', before=('-c:v', codec)), 64 * 48 * 4)
                    frames = [whole[i:i + 64 * 48 * 4] for i in range(0, len(whole), 64 * 48 * 4)]
                    self.assertEqual(text(self.mim('info', path)).count('RGBA'), 1)
                    for order in ('::', '::-1', '17,3,29,0,28'):
                        got = self.run_mim('convert', '-q', path, '-', '--to', 'raw', '--frames=' + order).stdout
                        wanted = frames[::-1] if order == '::-1' else frames
                        wanted = [frames[int(i)] for i in order.split(',')] if ',' in order else wanted
                        self.assertTrue(got == b''.join(wanted), order)

    def test_every_codec_with_alpha_keeps_it(self):
        source = self.moving_alpha('a.mov', 'qtrle', '-pix_fmt', 'argb')
        expected = np.frombuffer(self.run_tool('ffmpeg', '-v', 'error', '-i', source, '-f', 'rawvideo', '-pix_fmt', 'rgba', '-'),
                                 np.uint8).reshape(30, 48, 64, 4)
        for container, codec, decoder in ALPHA:
            with self.subTest(codec, container=container):
                path, notes = self.convert(source, 'b.' + container, '-o', 'codec=' + codec)
                got = np.stack(self.decoded(path, 'rgba', '-c:v', decoder))
                self.assertLess(np.abs(got[..., 3].astype(int) - expected[..., 3]).mean(), 4)
                self.assertEqual(notes, '')
                again = np.frombuffer(self.run_mim('convert', '-q', path, '-', '--to', 'raw').stdout, np.uint8)
                # alpha of 10 and more bits is rounded here, and cut there
                error = np.abs(again.reshape(got.shape)[..., 3].astype(int) - got[..., 3]).max()
                self.assertLessEqual(error, 1 if codec == 'prores_ks' else 0)

    def test_codecs_without_alpha_composite_with_a_note(self):
        source = self.moving_alpha('a.webm', 'libvpx-vp9', '-pix_fmt', 'yuva420p')
        for name in ('b.mp4', 'b.avi', 'b.ts'):
            with self.subTest(name):
                self.assertIn('transparent pixels are composited', self.convert(source, name)[1])

    # --- profiles

    def test_pages_of_a_pdf_keep_colour_profiles(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
        for name in ('a.png', 'a.tif'):
            with self.subTest(name):
                source = self.picture(name, icc_profile=profile)
                path, notes = self.convert(source, 'b.pdf')
                self.assertEqual(notes, '')
                self.assertEqual(text(self.run_tool('pdfimages', '-list', path)).splitlines()[2].split()[5], 'icc')
                self.run_tool('qpdf', '--check', path)
                with open(path, 'rb') as file:
                    self.assertIn(profile, file.read())
                self.assertIn('profile', self.convert(source, 'b.pdf', '--color', 'gray')[1])
                for other in ('b.png', 'b.tif'):
                    path, notes = self.convert(source, other)
                    self.assertEqual((notes, Image.open(path).info['icc_profile']), ('', profile))

    def test_all_pages_of_a_tiff_have_the_profile_of_an_animation(self):
        profile = ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()
        frames = [Image.new('RGB', (8, 8), (i, 2 * i, 3)) for i in range(3)]
        frames[0].save(self.path('a.png'), save_all=True, append_images=frames[1:], icc_profile=profile)
        with open(self.path('a.png'), 'rb') as file:
            self.assertIn(b'iCCP', file.read())
        path, _ = self.convert(self.path('a.png'), 'b.tif')
        with Image.open(path) as stack:
            for page in range(3):
                stack.seek(page)
                self.assertEqual(stack.tag_v2[34675], profile)


if __name__ == '__main__':
    tap.main()
