#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Videos as mim reads them against the ffmpeg command: number, order, times and pixels of all frames."""

import json
import os
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
    'odd.mkv': ('testsrc2=s=65x47:r=25:d=0.8', '-c:v ffv1'),
    'odd.webm': ('testsrc2=s=61x43:r=25:d=0.8', '-c:v libvpx -deadline realtime -cpu-used 8'),
    'odd.mov': ('testsrc2=s=33x21:r=25:d=0.8', '-c:v mjpeg -pix_fmt yuvj444p'),
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


if __name__ == '__main__':
    tap.main()
