#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Videos as mim reads them against the ffmpeg command: number, order, times and pixels of all frames."""

import json
import resource
import struct

import numpy as np

import tap
from peers import mean_error_db, text
from videopeers import MATRIX, SOURCE, VideoCase, X264


class VideoMatrix(VideoCase):
    def check(self, name):
        path = self.make(name, *MATRIX[name])
        has_alpha = name.startswith('alpha')
        expected = self.expected(path, 'rgba' if has_alpha else 'rgb24')
        facts = self.info(path)
        count, frame = facts['frames'], facts['width'] * facts['height'] * (4 if has_alpha else 3)
        self.assertEqual(facts['frames_certainty'], 'exact')
        self.assertEqual(count * frame, len(expected), 'frames')
        whole = self.decoded(path)
        self.assertSameBytes(whole, expected, frame, 'in order')

        order = self.some_order(count)
        shuffled = b''.join(whole[i * frame:(i + 1) * frame] for i in order)
        got = self.decoded(path, '--frames', ','.join(map(str, order)), '--threads', '1')
        self.assertSameBytes(got, shuffled, frame, f'in the order {order}')

        stamps = [each['metadata']['pts'] for each in facts['each']]
        self.assertEqual(len(stamps), count)
        for i, (got, right) in enumerate(zip(stamps, self.times(path))):
            self.assertAlmostEqual(got - stamps[0], right, 3, f'time of frame {i} of {count}')
        for i in range(count - 1):
            self.assertAlmostEqual(facts['each'][i]['duration'], stamps[i + 1] - stamps[i], 6, f'duration of {i}')
        self.assertTrue(facts['each'][0]['metadata']['keyframe'])

    def test_every_file_is_as_ffmpeg_decodes_it(self):
        self.assertGreaterEqual(len(MATRIX), 40)
        for name in MATRIX:
            with self.subTest(name):
                self.check(name)
                self.keep_only()

    def test_key_frames_that_the_decoder_does_not_mark_are_the_container_s(self):
        """Of qtrle's frames ffprobe calls all key frames with FFmpeg 5, and none with FFmpeg 7."""
        path = self.make('qtrle.mov', *MATRIX['qtrle.mov'])
        keys = [each['metadata']['keyframe'] for each in self.info(path)['each']]
        self.assertEqual(keys, [int(i % 8 == 0) for i in range(30)])
        packets = json.loads(self.run_tool('ffprobe', '-v', 'error', '-show_packets', '-of', 'json', path))['packets']
        self.assertEqual(keys, [int(packet['flags'].startswith('K')) for packet in packets])


class VideoShapes(VideoCase):
    """Rotation, sizes, sample types, times."""

    def turned(self, degrees, source=SOURCE, arguments=f'{X264} -g 8'):
        """A file whose track header turns its pictures counterclockwise. The matrix goes in by hand: ffmpeg writes one for
        `-metadata:s:v rotate=` up to version 6, and for `-display_rotation` from 6 on."""
        self.make('upright.mp4', source, arguments)
        file = bytearray(self.get('upright.mp4'))
        header = file.index(b'tkhd')
        self.assertEqual(file[header + 4], 0, 'version of the track header')
        a, b = {90: (0, -1), 180: (-1, 0), 270: (0, 1)}[degrees]
        struct.pack_into('>9i', file, header + 44, a << 16, b << 16, 0, -b << 16, a << 16, 0, 0, 0, 1 << 30)
        return self.put('turned.mp4', file)

    def test_rotation_is_applied_and_can_be_kept_out(self):
        for degrees in (90, 180, 270):
            with self.subTest(degrees=degrees):
                path = self.turned(degrees)
                self.assertSameBytes(self.decoded(path), self.expected(path), 96 * 64 * 3, f'{degrees} degrees')
                upright = self.expected(path, before=['-noautorotate'])
                self.assertSameBytes(self.decoded(path, '-i', 'rotate=keep'), upright, 96 * 64 * 3)
                facts = self.info(path)
                self.assertEqual((facts['width'], facts['height']), (64, 96) if degrees % 180 else (96, 64))
                self.assertEqual(facts['metadata']['rotate'], 360 - degrees) # clockwise, as the matrix has it
                self.assertEqual(facts['metadata']['source_size'], [96, 64])

    def test_rotation_of_odd_sizes_turns_the_converted_picture(self):
        path = self.turned(90, 'testsrc=s=65x47:r=25:d=0.4', f'{X264} -pix_fmt yuv444p')
        upright = np.frombuffer(self.decoded(path, '-i', 'rotate=keep'), np.uint8).reshape(-1, 47, 65, 3)
        self.assertSameBytes(upright.tobytes(), self.expected(path, before=['-noautorotate']), 47 * 65 * 3)
        got = np.frombuffer(self.decoded(path), np.uint8).reshape(-1, 65, 47, 3)
        self.assertSame(got, np.rot90(upright, 1, (1, 2)))

    def test_size_scales_as_the_command_does(self):
        for size in ('48x32', '128x100', '33x17'):
            with self.subTest(size):
                path = self.make('in.mp4', SOURCE, f'{X264} -g 8')
                width, height = map(int, size.split('x'))
                self.assertSameBytes(self.decoded(path, '-i', f'size={size}'), self.expected(path, 'rgb24', '-s', size),
                                     width * height * 3)
                path = self.make('ten.mp4', SOURCE, f'{X264} -g 8 -pix_fmt yuv420p10le')
                self.assertSameBytes(self.decoded(path, '-i', f'size={size}'), self.expected(path, 'rgb24', '-s', size),
                                     width * height * 3)
        path = self.turned(90)
        got = np.frombuffer(self.decoded(path, '-i', 'size=32x48'), np.uint8)
        expected = np.frombuffer(self.expected(path, 'rgb24', '-s', '32x48'), np.uint8)
        self.assertEqual(got.size, expected.size)
        self.assertGreater(mean_error_db(got, expected), 20) # chroma lies differently

    def test_pixelformats_are_the_command_s(self):
        files = {'eight.mp4': (SOURCE, X264), 'ten.mp4': (SOURCE, f'{X264} -pix_fmt yuv420p10le'),
                 'gray.mkv': (SOURCE, '-c:v ffv1 -pix_fmt gray'), 'gray16.mkv': (SOURCE, '-c:v ffv1 -pix_fmt gray16le'),
                 'rgba.mov': (SOURCE + ',format=rgba,colorchannelmixer=aa=0.5', '-c:v qtrle'),
                 'full.avi': (SOURCE, '-c:v mjpeg'), 'yuva.mkv': (SOURCE, '-c:v ffv1 -pix_fmt yuva420p'),
                 'gbr10.mkv': (SOURCE, '-c:v ffv1 -pix_fmt gbrp10le')}
        native = {'eight.mp4': 'rgb24', 'ten.mp4': 'rgb48le', 'gray.mkv': 'gray', 'gray16.mkv': 'gray16le',
                  'rgba.mov': 'rgba', 'full.avi': 'rgb24', 'yuva.mkv': 'rgba', 'gbr10.mkv': 'rgb48le'}
        size = {'gray': 1, 'gray16le': 2, 'rgb24': 3, 'rgba': 4, 'rgb48le': 6}
        for name, how in files.items():
            path = self.make(name, *how)
            for ours, theirs in (('rgb24', 'rgb24'), ('gray', 'gray'), ('gray16', 'gray16le'), ('rgba', 'rgba'),
                                 ('rgb48', 'rgb48le'), ('native', native[name])):
                with self.subTest(f'{name} as {ours}'):
                    # rows of chroma that are interpolated have 12 bits
                    self.assertSameBytes(self.decoded(path, '-i', f'pixelformat={ours}'), self.expected(path, theirs),
                                         96 * 64 * size[theirs], ours, most=32 if theirs == 'rgb48le' else 1)

    def test_less_depth_is_said(self):
        path = self.make('ten.mp4', SOURCE, f'{X264} -pix_fmt yuv420p10le')
        said = text(self.run_mim('convert', path, '-', '--to', 'raw').stderr)
        self.assertIn('pixelformat=native', said)
        said = text(self.run_mim('convert', '-i', 'pixelformat=native', path, '-', '--to', 'raw').stderr)
        self.assertNotIn('pixelformat', said)
        said = text(self.run_mim('convert', '-i', 'pixelformat=rgb24', path, '-', '--to', 'raw').stderr)
        self.assertNotIn('pixelformat', said)

    def test_fps_repeats_and_leaves_out_as_the_filter_does(self):
        files = {'even.mp4': (SOURCE, f'{X264} -bf 2 -g 8'), 'uneven.mp4': MATRIX['uneven.mp4'],
                 'ntsc.mov': MATRIX['ntsc.mov'], 'late.mkv': MATRIX['late.mkv'], 'mpeg2.ts': MATRIX['mpeg2.ts'],
                 'sound.mp4': MATRIX['with-audio.mp4'], 'b.avi': MATRIX['xvid-b.avi']}
        for name, how in files.items():
            path = self.make(name, *how)
            for fps in ('5', '10', '20', '25', '30', '60', '24000/1001', '1'):
                with self.subTest(f'{name} at {fps}'):
                    expected = self.expected(path, 'rgb24', '-an', '-vf', f'fps={fps}')
                    facts = self.info(path, '-i', f'fps={fps}', '--count')
                    frame = facts['width'] * facts['height'] * 3
                    self.assertEqual(facts['frames'] * frame, len(expected), 'frames')
                    whole = self.decoded(path, '-i', f'fps={fps}')
                    self.assertSameBytes(whole, expected, frame)
                    order = list(range(facts['frames']))[::-3]
                    shuffled = b''.join(whole[i * frame:(i + 1) * frame] for i in order)
                    got = self.decoded(path, '-i', f'fps={fps}', '--frames', ','.join(map(str, order)))
                    self.assertSameBytes(got, shuffled, frame, f'in the order {order}')

    def test_threads_and_pipes_change_nothing(self):
        for name in ('h264.mp4', 'hevc.mkv', 'mpeg2.ts', 'vp9.webm', 'h264.flv'):
            with self.subTest(name):
                path = self.make(name, *MATRIX[name])
                expected = self.decoded(path)
                self.assertSameBytes(expected, self.expected(path), 96 * 64 * 3)
                for threads in (1, 2, 3, 8):
                    self.assertEqual(self.decoded(path, '--threads', threads), expected, f'{threads} threads')
                self.assertEqual(self.decoded(path, '-i', 'threads=3'), expected)
                with open(path, 'rb') as file:
                    got = self.mim('convert', '-q', '-', '-', '--to', 'raw', data=file.read())
                self.assertEqual(got, expected, 'through a pipe')

    def test_streams_are_chosen(self):
        self.make('one.mkv', SOURCE, '-c:v ffv1')
        self.make('two.mkv', 'testsrc=s=64x48:r=25:d=0.4', '-c:v ffv1')
        self.run_tool('ffmpeg', '-v', 'error', '-i', self.path('two.mkv'), '-i', self.path('one.mkv'), '-f', 'lavfi',
                      '-i', 'sine=d=1', '-map', '0', '-map', '1', '-map', '2', '-c:v', 'copy', '-disposition', '0',
                      self.path('all.mkv'))
        path = self.path('all.mkv')
        self.assertSameBytes(self.decoded(path), self.expected(path), 96 * 64 * 3)
        for stream, frame in ((0, 64 * 48 * 3), (1, 96 * 64 * 3)):
            self.assertSameBytes(self.decoded(path, '-i', f'stream={stream}'),
                                 self.expected(path, 'rgb24', '-map', f'0:{stream}'), frame)
        said = self.refuse(2, 'info', '-i', 'stream=2', path)
        self.assertIn('0, 1', said)
        said = self.refuse(2, 'info', '-i', 'stream=7', path)
        self.assertIn('0, 1', said)

    def test_metadata_says_what_ffprobe_says(self):
        path = self.make('in.mp4', 'testsrc2=s=64x48:r=30000/1001:d=1 -f lavfi -i sine=d=1',
                         f'{X264} -c:a aac -metadata title=Tünde -metadata artist=nobody')
        facts = self.info(path)
        meta = facts['metadata']
        self.assertAlmostEqual(meta['fps'], 30000 / 1001, 9)
        self.assertEqual((meta['codec'], meta['pix_fmt'], meta['audio_codec']), ('h264', 'yuv420p', 'aac'))
        self.assertEqual((meta['size'], meta['source_size']), ([64, 48], [64, 48]))
        self.assertEqual((meta['title'], meta['artist']), ('Tünde', 'nobody'))
        self.assertEqual(meta['nframes'], 30)
        probe = json.loads(self.run_tool('ffprobe', '-v', 'error', '-select_streams', 'v', '-show_frames', '-of',
                                         'json', path))
        for ours, theirs in zip(facts['each'], probe['frames']):
            self.assertEqual(ours['metadata']['keyframe'], theirs['key_frame'])
            self.assertAlmostEqual(ours['metadata']['pts'], float(theirs['best_effort_timestamp_time']), 5)

    def test_the_time_of_all_is_known_without_decoding(self):
        for name in ('uneven.mp4', 'uneven.mkv', 'late.mkv', 'with-audio.mp4', 'with-audio.ts', 'open-gop.ts'):
            path = self.make(name, *MATRIX[name])
            for options in ((), ('-i', 'fps=7')):
                with self.subTest(name + ' '.join(options)):
                    told = json.loads(self.mim('info', '--json', *options, path))[0]
                    added = json.loads(self.mim('info', '--json', '--count', *options, path))[0]
                    self.assertEqual(told['frames'], added['frames'])
                    self.assertAlmostEqual(told['duration'], added['duration'], 9)
        path = self.make('long.mp4', 'testsrc2=s=640x360:r=25:d=20', f'{X264} -g 50')
        used = [resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime]
        for options in (('--count',), ()):
            self.mim('info', *options, path)
            used.append(resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime)
        self.assertLess(2 * (used[2] - used[1]), used[1] - used[0])

    def test_what_a_container_says_of_itself_is_no_metadata_and_is_not_carried_on(self):
        source = 'testsrc2=s=64x48:r=25:d=1'
        options = {'in.mp4': f'{X264} -metadata title=T', 'in.flv': '-c:v flv -flvflags add_keyframe_index -metadata title=T',
                   'in.wmv': '-metadata title=T'}
        for name, how in options.items():
            with self.subTest(name):
                meta = self.info(self.make(name, source, how))['metadata']
                self.assertEqual(meta['title'], 'T')
                self.assertEqual([key for key in meta if key.startswith('text:')], [])
                self.mim('convert', '-q', '--force', self.path(name), self.path('out.mkv'))
                tags = json.loads(self.run_tool('ffprobe', '-v', 'error', '-of', 'json', '-show_format', self.path('out.mkv')))['format']['tags']
                self.assertEqual(sorted(key.lower() for key in tags), ['encoder', 'title'])

    def test_the_tags_of_an_ogg_file_are_those_of_its_stream(self):
        self.make('in.ogv', 'testsrc2=s=64x48:r=25:d=1', '-c:v libtheora -metadata title=Tünde')
        self.assertEqual(self.info(self.path('in.ogv'))['metadata']['title'], 'Tünde')


if __name__ == '__main__':
    tap.main()
