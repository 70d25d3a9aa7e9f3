#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Videos as mim reads them against the ffmpeg command: number, order, times and pixels of all frames."""

import json
import os
import resource
import shlex
import struct

import numpy as np

import tap
from peers import PeerCase, mean_error_db, text

SOURCE = 'testsrc2=s=96x64:r=25:d=1.2'
MOVING = 'mandelbrot=s=80x48:r=20,trim=end_frame=24'
X264 = '-c:v libx264 -preset veryfast'
X265 = '-c:v libx265 -preset ultrafast -x265-params log-level=error'

# name: (source, arguments). The extension of the name is the container.
MATRIX = {
    # containers x codecs
    'h264.mp4': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.mov': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.mkv': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.flv': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.avi': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.ts': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.m2ts': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.3gp': (SOURCE, f'{X264} -profile:v baseline -g 8'),
    'h264.h264': (SOURCE, f'{X264} -bf 2 -g 8'),
    'hevc.mp4': (SOURCE, f'{X265}:keyint=8:bframes=3'),
    'hevc.mkv': (SOURCE, f'{X265}:keyint=8:bframes=3:open-gop=1'),
    'hevc.ts': (SOURCE, f'{X265}:keyint=8:bframes=2'),
    'hevc.hevc': (SOURCE, f'{X265}:keyint=8:bframes=3'),
    'vp8.webm': (SOURCE, '-c:v libvpx -g 8 -deadline realtime -cpu-used 8 -lag-in-frames 10 -auto-alt-ref 1'),
    'vp9.webm': (SOURCE, '-c:v libvpx-vp9 -g 8 -deadline realtime -cpu-used 8 -lag-in-frames 10 -auto-alt-ref 1'),
    'vp9.mp4': (SOURCE, '-c:v libvpx-vp9 -g 12 -deadline realtime -cpu-used 8'),
    'av1.mkv': (SOURCE, '-c:v libaom-av1 -cpu-used 8 -usage realtime -g 8 -frames:v 12'),
    'mpeg4.avi': (SOURCE, '-c:v mpeg4 -g 8'),
    'mpeg4.mp4': (SOURCE, '-c:v mpeg4 -bf 2 -g 8'),
    'xvid-b.avi': (SOURCE, '-c:v mpeg4 -bf 2 -g 8 -vtag xvid'),
    'msmpeg4.avi': (SOURCE, '-c:v msmpeg4 -g 8'),
    'mpeg1.mpg': (SOURCE, '-c:v mpeg1video -bf 2 -g 8'),
    'mpeg2.mpg': (SOURCE, '-c:v mpeg2video -bf 2 -g 8'),
    'mpeg2.ts': (SOURCE, '-c:v mpeg2video -bf 2 -g 8'),
    'mpeg2.m2v': (SOURCE, '-c:v mpeg2video -bf 2 -g 8'),
    'wmv1.wmv': (SOURCE, '-c:v wmv1 -g 8'),
    'wmv2.wmv': (SOURCE, '-c:v wmv2 -g 8'),
    'flv1.flv': (SOURCE, '-c:v flv1 -g 8'),
    'theora.ogv': (SOURCE, '-c:v libtheora -g 8'),
    'mjpeg.avi': (SOURCE, '-c:v mjpeg'),
    'mjpeg.mjpeg': (SOURCE, '-c:v mjpeg'),
    'prores.mov': (SOURCE, '-c:v prores'),
    'qtrle.mov': (SOURCE, '-c:v qtrle -pix_fmt rgb24 -g 8'),
    'ffv1.mkv': (SOURCE, '-c:v ffv1 -g 8'),
    'huffyuv.avi': (SOURCE, '-c:v huffyuv'),
    'raw.avi': (SOURCE, '-c:v rawvideo'),
    # groups of pictures
    'open-gop.mp4': (SOURCE, f'{X264} -bf 3 -g 8 -x264-params open-gop=1:b-pyramid=normal'),
    'open-gop.ts': (SOURCE, f'{X264} -bf 3 -g 8 -x264-params open-gop=1'),
    'one-gop.mp4': (SOURCE, f'{X264} -bf 3 -g 300'),
    'intra.mp4': (SOURCE, f'{X264} -g 1'),
    'refresh.mp4': (SOURCE, f'{X264} -bf 0 -g 10 -x264-params intra-refresh=1'),
    'refresh.ts': (SOURCE, f'{X264} -bf 0 -g 10 -x264-params intra-refresh=1'),
    'fragments.mp4': (SOURCE, f'{X264} -bf 2 -g 8 -movflags frag_keyframe+empty_moov'),
    'faststart.mp4': (SOURCE, f'{X264} -bf 2 -g 8 -movflags faststart'),
    'live.mkv': (SOURCE, f'{X264} -bf 2 -g 8 -live 1'),
    # times
    'uneven.mp4': (MOVING + ",settb=1/1000,setpts='(N*3+mod(N*N,5)/2)*20'", f'{X264} -bf 2 -g 8 -fps_mode passthrough'),
    'uneven.mkv': (MOVING + ",settb=1/1000,setpts='(N*3+mod(N*N,5)/2)*20'", f'{X264} -bf 2 -g 8 -fps_mode passthrough'),
    'uneven.webm': (MOVING + ",settb=1/1000,setpts='N*N*7+N*20'", '-c:v libvpx -deadline realtime -cpu-used 8 -fps_mode passthrough'),
    'late.mp4': (SOURCE, f'{X264} -bf 2 -g 8 -output_ts_offset 7.3'),
    'late.mkv': (SOURCE, f'{X264} -bf 2 -g 8 -output_ts_offset 5'),
    'ntsc.mov': ('testsrc2=s=64x48:r=30000/1001:d=1', f'{X264} -bf 2 -g 8'),
    'with-audio.mp4': (SOURCE + ' -f lavfi -i sine=d=1.2', f'{X264} -bf 2 -g 8 -c:a aac -shortest'),
    'with-audio.ts': (SOURCE + ' -f lavfi -i sine=d=1.2', f'{X264} -bf 2 -g 8 -c:a mp2 -shortest'),
    # samples
    'ten-bits.mp4': (SOURCE, f'{X264} -pix_fmt yuv420p10le -g 8'),
    'ten-bits.mkv': (SOURCE, f'{X265}:keyint=8 -pix_fmt yuv422p10le'),
    'gray.mp4': (SOURCE, f'{X264} -pix_fmt gray'),
    'gray.avi': (SOURCE, '-c:v ffv1 -pix_fmt gray16le'),
    'chroma422.mp4': (SOURCE, f'{X264} -pix_fmt yuv422p'),
    'chroma444.mp4': (SOURCE, f'{X264} -pix_fmt yuv444p'),
    'rgb.mkv': (SOURCE, '-c:v libx264rgb -preset veryfast'),
    'alpha.mov': (SOURCE + ',format=yuva444p10le', '-c:v prores_ks -profile:v 4444'),
    'full-range.mp4': (SOURCE, f'{X264} -vf scale=out_range=full -color_range pc -pix_fmt yuv420p'),
    'bt709.mp4': (SOURCE, f'{X264} -colorspace bt709 -color_primaries bt709 -color_trc bt709'),
    'bt2020.mkv': (SOURCE, f'{X265} -pix_fmt yuv420p10le -colorspace bt2020nc'),
    'interlaced.ts': (SOURCE + ',interlace', f'{X264} -flags +ildct+ilme -g 8'),
    'interlaced.mpg': (SOURCE + ',interlace', '-c:v mpeg2video -flags +ildct+ilme -bf 2 -g 8'),
    'interlaced.mkv': (SOURCE + ',interlace', f'{X264} -x264-params tff=1 -g 8'),
    # sizes
    'odd.mkv': ('testsrc=s=65x47:r=25:d=0.8', '-c:v ffv1'),
    'odd.webm': ('testsrc=s=61x43:r=25:d=0.8', '-c:v libvpx -deadline realtime -cpu-used 8'),
    'odd.mov': ('testsrc=s=33x21:r=25:d=0.8', '-c:v mjpeg -pix_fmt yuvj444p'),
    'cropped.mp4': ('testsrc2=s=98x50:r=25:d=0.8', f'{X264}'),
    'tiny.avi': ('testsrc2=s=2x2:r=25:d=0.4', '-c:v huffyuv'),
}


class VideoCase(PeerCase):
    def make(self, name, source, arguments, *more):
        path = self.path(name)
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', *source.split(' '), *shlex.split(arguments),
                      *more, path)
        return path

    def expected(self, path, pixel_format='rgb24', *more, before=(), ok=True):
        """All frames as one block of bytes, as the command decodes them."""
        return self.run_tool('ffmpeg', '-v', 'error', *before, '-i', path, '-fps_mode', 'passthrough', *more, '-f',
                             'rawvideo', '-pix_fmt', pixel_format, '-', ok=ok)

    def decoded(self, path, *args, code=0):
        done = self.run_mim('convert', '-q', *args, path, '-', '--to', 'raw')
        self.assertEqual(done.returncode, code, text(done.stderr)[-500:])
        return done.stdout

    def times(self, path):
        """Seconds at which the command shows each frame, from its first on."""
        said = text(self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-an', '-fps_mode', 'passthrough', '-copyts', '-c:v',
                                  'rawvideo', '-enc_time_base', '-1', '-f', 'framecrc', '-'))
        base = next(line for line in said.splitlines() if line.startswith('#tb 0:')).split(': ')[1]
        number, unit = map(int, base.split('/'))
        stamps = [int(line.split(',')[2]) for line in said.splitlines() if not line.startswith('#')]
        return [(stamp - stamps[0]) * number / unit for stamp in stamps]

    def some_order(self, count):
        """Backwards, then at random."""
        return list(range(count))[::-1] + np.random.default_rng(3).permutation(count)[:20].tolist()

    def assertSameBytes(self, got, expected, frame, message=''):
        self.assertEqual(len(got), len(expected), f'{message}: bytes')
        if got == expected:
            return
        parts = [i for i in range(len(got) // frame)
                 if got[i * frame:(i + 1) * frame] != expected[i * frame:(i + 1) * frame]]
        error = mean_error_db(np.frombuffer(got, np.uint8), np.frombuffer(expected, np.uint8))
        self.fail(f'{message}: of {len(got) // frame} frames these differ: {parts[:40]}; {error:.1f} dB')


class VideoMatrix(VideoCase):
    def check(self, name):
        path = self.make(name, *MATRIX[name])
        expected = self.expected(path)
        facts = self.info(path)
        count, frame = facts['frames'], facts['width'] * facts['height'] * 3
        self.assertEqual(facts['frames_certainty'], 'exact')
        self.assertEqual(count * frame, len(expected), 'frames')
        self.assertSameBytes(self.decoded(path), expected, frame, 'in order')

        order = self.some_order(count)
        shuffled = b''.join(expected[i * frame:(i + 1) * frame] for i in order)
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
        upright = np.frombuffer(self.expected(path, before=['-noautorotate']), np.uint8).reshape(-1, 47, 65, 3)
        got = np.frombuffer(self.decoded(path), np.uint8).reshape(-1, 65, 47, 3)
        self.assertSame(got, np.rot90(upright, 1, (1, 2)))

    def test_size_scales_as_the_command_does(self):
        for size in ('48x32', '128x100', '33x17'):
            with self.subTest(size):
                path = self.make('in.mp4', SOURCE, f'{X264} -g 8')
                width, height = map(int, size.split('x'))
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
                    self.assertSameBytes(self.decoded(path, '-i', f'pixelformat={ours}'), self.expected(path, theirs),
                                         96 * 64 * size[theirs], ours)

    def test_less_depth_and_alpha_are_said(self):
        path = self.make('ten.mp4', SOURCE, f'{X264} -pix_fmt yuv420p10le')
        said = text(self.run_mim('convert', path, '-', '--to', 'raw').stderr)
        self.assertIn('pixelformat=native', said)
        said = text(self.run_mim('convert', '-i', 'pixelformat=native', path, '-', '--to', 'raw').stderr)
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
                    self.assertSameBytes(self.decoded(path, '-i', f'fps={fps}'), expected, frame)
                    order = list(range(facts['frames']))[::-3]
                    shuffled = b''.join(expected[i * frame:(i + 1) * frame] for i in order)
                    got = self.decoded(path, '-i', f'fps={fps}', '--frames', ','.join(map(str, order)))
                    self.assertSameBytes(got, shuffled, frame, f'in the order {order}')

    def test_threads_and_pipes_change_nothing(self):
        for name in ('h264.mp4', 'hevc.mkv', 'mpeg2.ts', 'vp9.webm', 'h264.flv'):
            with self.subTest(name):
                path = self.make(name, *MATRIX[name])
                expected = self.expected(path)
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
        self.assertEqual(self.decoded(path), self.expected(path))
        for stream in (0, 1):
            self.assertEqual(self.decoded(path, '-i', f'stream={stream}'),
                             self.expected(path, 'rgb24', '-map', f'0:{stream}'))
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


CANARY = (200, 120, 40)  # what no input of these cases holds


class VideoDamage(VideoCase):
    """Files that are cut or changed give the frames that the command gives, and say that they are damaged."""

    SAYS_ITS_END = ('faststart.mp4', 'fragments.mp4', 'h264.mkv', 'vp8.webm', 'h264.avi', 'xvid-b.avi', 'wmv2.wmv',
                    'theora.ogv', 'h264.ts', 'flv1.flv')
    OTHERS = ('mpeg2.mpg', 'mpeg1.mpg', 'h264.h264', 'hevc.hevc')

    def compare(self, name, data, codes):
        path = self.put('damaged.' + name.split('.')[1], data)
        said = {'mpg': 'mpeg'}.get(name.split('.')[1], name.split('.')[1])
        done = self.run_mim('convert', '-q', '--partial', '--threads', '1', '--from', said, path, '-', '--to', 'raw')
        self.assertIn(done.returncode, codes, text(done.stderr)[-400:])
        expected = self.expected(path, before=['-threads', '1'], ok=False)
        self.assertSameBytes(done.stdout, expected, 96 * 64 * 3, name)
        return done.returncode

    def test_cut_files_give_their_frames_and_are_truncated(self):
        for name in self.SAYS_ITS_END + self.OTHERS:
            with open(self.make(name, *MATRIX[name]), 'rb') as file:
                data = file.read()
            for size in (len(data) // 4, len(data) // 2, len(data) * 3 // 4, len(data) - 1):
                with self.subTest(f'{name} cut to {size} of {len(data)}'):
                    self.compare(name, data[:size], [6] if name in self.SAYS_ITS_END else [0, 6])

    def test_files_that_begin_in_the_middle_are_read_from_there(self):
        for name in ('h264.ts', 'open-gop.ts', 'mpeg2.ts', 'mpeg2.mpg', 'h264.h264'):
            with self.subTest(name):
                with open(self.make(name, *MATRIX[name]), 'rb') as file:
                    data = file.read()
                self.compare(name, data[len(data) // 4 // 188 * 188:], [0])

    def test_changed_bytes_give_what_the_command_makes_of_them(self):
        """Not of mjpeg: what its decoder skips is as it was in memory."""
        random = np.random.default_rng(11)
        for name in self.SAYS_ITS_END + self.OTHERS:
            with open(self.make(name, *MATRIX[name]), 'rb') as file:
                data = file.read()
            for round_ in range(3):
                changed = bytearray(data)
                for _ in range(3):
                    changed[random.integers(len(data) // 3, len(data))] ^= 1 << random.integers(8)
                with self.subTest(f'{name} changed {round_}'):
                    self.compare(name, changed, [0, 6])

    def test_damage_is_an_error_unless_partial(self):
        with open(self.make('in.mkv', *MATRIX['h264.mkv']), 'rb') as file:
            data = file.read()
        path = self.put('cut.mkv', data[:len(data) // 2])
        said = self.refuse(6, 'convert', path, self.path('out.gif'))
        self.assertIn('ends before', said)
        self.assertNothingBeside('in.mkv', 'cut.mkv')
        answer = json.loads(self.run_mim('info', '--json', '--count', path).stdout)[0]
        self.assertEqual(answer['damage']['status'], 'MIM_TRUNCATED')
        self.assertGreater(answer['frames'], 8)

    def test_heads_that_lie_are_refused_within_their_limits(self):
        """Every byte of a small file's head, changed: an answer or an error, in time, within memory."""
        path = self.make('in.avi', 'testsrc2=s=32x32:r=25:d=0.2', '-c:v mpeg4')
        with open(path, 'rb') as file:
            data = file.read()
        for at in range(0, 320, 5):
            changed = bytearray(data)
            changed[at] ^= 0xff
            path = self.put('changed.avi', changed)
            done = self.run_mim('convert', '-q', '--from', 'avi', path, '-', '--to', 'raw', timeout=60)
            self.assertIn(done.returncode, (0, 5, 6), (at, text(done.stderr)[-300:]))


class VideoSafety(VideoCase):
    """Only the given source is read."""

    FORMATS = ('mp4', 'mov', '3gp', 'mkv', 'webm', 'avi', 'mpeg', 'ts', 'wmv', 'flv', 'ogv', 'mjpeg', 'h264', 'hevc')

    def setUp(self):
        super().setUp()
        colour = '0x%02x%02x%02x' % CANARY
        self.canary = self.make('canary.ts', f'color=c={colour}:s=64x48:r=25:d=0.4', '-c:v mpeg2video')
        os.mkfifo(self.path('fifo.ts')) # who opens it waits for ever

    def assertNotFollowed(self, path, formats, *codes):
        for name in formats:
            with self.subTest(f'{os.path.basename(path)} as {name}'):
                done = self.run_mim('convert', '-q', '--partial', '--from', name, path, '-', '--to', 'raw', timeout=30,
                                    cwd=self.folder)
                self.assertIn(done.returncode, codes or (6,), text(done.stderr))
                self.assertEqual(done.stdout, b'')

    def test_playlists_and_scripts_are_not_followed(self):
        for target in ('canary.ts', self.canary, 'file://' + self.canary, 'fifo.ts', 'http://127.0.0.1:9/x.ts'):
            scripts = {
                'hls.mp4': f'#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{target}\n#EXT-X-ENDLIST\n',
                'concat.mp4': f"ffconcat version 1.0\nfile '{target}'\n",
                'dash.mp4': f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"><Period>'
                            f'<AdaptationSet mimeType="video/mp2t"><Representation id="1" bandwidth="1"><BaseURL>{target}'
                            f'</BaseURL></Representation></AdaptationSet></Period></MPD>',
                'session.mp4': f'v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nm=video 9 RTP/AVP 33\na={target}\n',
                'subtitles.mkv': f'# VobSub index file, v7\nid: en, index: 0\ntimestamp: 00:00:00:000, filepos: 0\n{target}\n',
            }
            for name, script in scripts.items():
                self.put(name, script.encode())
                self.assertNotFollowed(self.path(name), self.FORMATS if target == 'canary.ts' else ('mp4', 'ts', 'mkv'))

    def test_a_playlist_is_no_format_by_itself(self):
        self.put('list.m3u8', b'#EXTM3U\n#EXTINF:1,\ncanary.ts\n#EXT-X-ENDLIST\n')
        self.refuse(6, 'info', self.path('list.m3u8'), cwd=self.folder)

    def test_references_of_a_movie_are_not_followed(self):
        """The samples of a track lie in another file, says its data reference."""
        movie = self.make('self.mov', 'testsrc2=s=64x48:r=25:d=0.4', '-c:v rawvideo -pix_fmt uyvy422')
        with open(movie, 'rb') as file:
            data = file.read()
        for target in (self.canary, self.path('fifo.ts')):
            self.put('ref.mov', with_reference(data, target))
            self.assertNotFollowed(self.path('ref.mov'), ('mov', 'mp4'))

    def test_subtitles_in_a_file_of_their_own_are_not_looked_for(self):
        path = self.make('film.mp4', *MATRIX['h264.mp4'])
        for name in ('film.srt', 'film.sub', 'film.idx', 'film.mp4.sub'):
            os.mkfifo(self.path(name))
        self.assertEqual(self.info(path)['frames'], 30)

    def test_only_our_lines_are_on_standard_error(self):
        with open(self.make('in.ts', *MATRIX['h264.ts']), 'rb') as file:
            data = bytearray(file.read())
        for at in range(len(data) // 3, len(data), 997):
            data[at] ^= 0x55
        path = self.put('damaged.ts', data)
        done = self.run_mim('convert', '--partial', path, '-', '--to', 'raw')
        for line in text(done.stderr).splitlines():
            self.assertTrue(line.startswith('mim: '), line)

    def test_limits_reach_the_decoder(self):
        path = self.make('in.mp4', 'testsrc2=s=640x480:r=25:d=0.2', X264)
        self.refuse(5, 'convert', path, '-', '--to', 'raw', env={'XDG_CONFIG_HOME': self.configure('pixels = 100000')})
        self.assertEqual(self.info(path)['frames'], 5)

    def configure(self, line):
        os.makedirs(self.path('config/mim-1'), exist_ok=True)
        with open(self.path('config/mim-1/mim.conf'), 'w') as file:
            file.write(f'[limit]\n{line}\n')
        return self.path('config')


def boxes(data, start, end):
    """(position, size, type) of boxes that follow each other."""
    while start + 8 <= end:
        size, kind = struct.unpack('>I4s', data[start:start + 8])
        yield start, size, kind
        start += size


def with_reference(data, target):
    """The movie with its data reference made an alias of `target`; its moov has to come last."""
    path, at, end = [], 0, len(data)
    for kind in (b'moov', b'trak', b'mdia', b'minf', b'dinf', b'dref'):
        at, size, _ = next(box for box in boxes(data, at, end) if box[2] == kind)
        path.append(at)
        at, end = at + 8, at + size
    name = target.encode()
    alias = b'\0' * 10 + bytes([8]) + b'volume'.ljust(27, b'\0') + b'\0' * 12 + bytes([6]) + b'canary'.ljust(63, b'\0')
    alias += b'\0' * 16 + struct.pack('>hh', 0, 0) + b'\0' * 16
    alias += struct.pack('>hH', 2, len(name)) + name + b'\0' * (len(name) % 2) + struct.pack('>hH', -1, 0)
    entry = struct.pack('>I4sI', 12 + len(alias), b'alis', 0) + alias
    new = data[path[-1]:path[-1] + 12] + struct.pack('>I', 1) + entry
    out = bytearray(data[:path[-1]] + new + data[end:])
    grown = len(new) - (end - path[-1])
    for start in path:
        size = struct.unpack('>I', out[start:start + 4])[0]
        out[start:start + 4] = struct.pack('>I', size + grown)
    return bytes(out)


if __name__ == '__main__':
    tap.main()
