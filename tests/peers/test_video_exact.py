#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every frame on a fresh reader equals that of a pass (video-exact.c, named by VIDEO_EXACT), although a decoder that starts at
a key frame lacks what earlier packets say: parameter sets, layers, palettes, the version of x264."""

import glob
import os
import re
import subprocess

import tap
from peers import PeerCase, text

CARD = 'testsrc2=s=96x64:r=25:d=1.4'
OTHER = 'mandelbrot=s=96x64:r=25,trim=end_frame=35,format=yuv420p'
X264 = '-c:v libx264 -pix_fmt yuv420p -g 8 -x264-params repeat-headers=1'
PALETTES = '-vf split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1 -pix_fmt pal8 -c:v rawvideo'
MATRIX = '-intra_matrix ' + ','.join(['8'] + [str(16 + i % 40) for i in range(1, 64)])


def once(data, kind_of):
    """An elementary stream without the units whose kind repeats; kind None is always kept."""
    starts = [match.start() for match in re.finditer(b'\0\0\1', data)] + [len(data)]
    seen, parts = set(), []
    for start, end in zip(starts, starts[1:]):
        kind = kind_of(data[start + 3:end]) if end - start > 4 else None
        if kind is None or kind not in seen:
            parts.append(data[start:end])
        seen.add(kind)
    return b''.join(parts)


# name of the stream: (encoder and its options for the first part, for the second, kinds of headers)
JOINED = {
    'h264': (f'{X264} -bf 2', f'{X264}:cabac=0:ref=1 -bf 0', lambda unit: unit[0] & 31 if unit[0] & 31 in (6, 7, 8) else None),
    'hevc': ('-c:v libx265 -x265-params log-level=none:keyint=8:repeat-headers=1',
             '-c:v libx265 -x265-params log-level=none:keyint=8:repeat-headers=1:ctu=16:sao=0',
             lambda unit: unit[0] >> 1 & 63 if unit[0] >> 1 & 63 in (32, 33, 34) else None),
    'm2v': ('-c:v mpeg2video -g 8 -bf 2', f'-c:v mpeg2video -g 8 {MATRIX}',
            lambda unit: unit[0] if unit[0] == 0xb3 else unit[1] >> 4 if unit[0] == 0xb5 and unit[1] >> 4 < 3 else None),
    'm4v': ('-c:v mpeg4 -g 8 -bf 2 -q:v 4', '-c:v mpeg4 -g 8 -q:v 8 -mpeg_quant 1',
            lambda unit: unit[0] if unit[0] < 0x30 or unit[0] in (0xb0, 0xb2, 0xb5) else None),
}


class VideoExact(PeerCase):
    def ffmpeg(self, *arguments):
        self.run_tool('ffmpeg', '-v', 'error', '-y', *arguments)

    def assertExact(self, path, *more):
        done = subprocess.run([os.environ['VIDEO_EXACT'], path, *more], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env=self.environment())
        self.assertEqual((text(done.stdout)[:3], text(done.stderr), done.returncode), ('ok ', '', 0), text(done.stdout))
        self.assertGreater(int(text(done.stdout)[3:]), 20)

    def join(self, kind):
        """Two streams with different headers, each only in its first packet, and the first again."""
        parts = []
        for source, arguments in zip((CARD, OTHER), JOINED[kind]):
            path = self.path(f'part.{kind}')
            self.ffmpeg('-f', 'lavfi', '-i', source, *arguments.split(' '), path)
            with open(path, 'rb') as file:
                parts.append(once(file.read(), JOINED[kind][2]))
        return self.put(f'joined.{kind}', parts[0] + parts[1] + parts[0])

    def test_headers_in_the_first_packet_of_each_of_three_streams(self):
        for kind, names in (('h264', ('joined.h264',)), ('hevc', ('joined.hevc',)),
                            ('m2v', ('joined.m2v', 'joined.ts', 'joined.mpg')),
                            ('m4v', ('joined.avi', 'joined.ts', 'joined.mkv'))):
            joined = self.join(kind)
            for name in names:
                with self.subTest(kind, name=name):
                    path = self.path(name)
                    if path != joined:
                        self.ffmpeg('-r', '25', '-fflags', '+genpts', '-i', joined, '-c', 'copy', path)
                    self.assertExact(path)

    def test_palettes_of_earlier_packets(self):
        for name in ('pal8.avi', 'pal8.mov'):
            with self.subTest(name):
                path = self.path(name)
                self.ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=2.6', *PALETTES.split(' '), path)
                self.assertExact(path)

    def test_flags_that_call_every_packet_a_key_frame(self):
        """AVI without its index flags all packets; that of H.263 does even with it."""
        for codec, size, part in (('cinepak', '96x64', 0.7), ('msvideo1', '96x64', 0.7), ('h263', '176x144', 1)):
            with self.subTest(codec):
                path = self.path('flags.avi')
                self.ffmpeg('-f', 'lavfi', '-i', f'testsrc2=s={size}:r=25:d=1.6', '-c:v', codec, '-g', '8', path)
                with open(path, 'rb') as file:
                    data = file.read()
                self.assertExact(self.put('cut.avi', data[:int(len(data) * part)]))

    def test_groups_that_open_or_refresh_gradually(self):
        for name, options in (('open.mp4', 'open-gop=1'), ('refresh.mp4', 'intra-refresh=1')):
            with self.subTest(name):
                path = self.path(name)
                self.ffmpeg('-f', 'lavfi', '-i', 'testsrc2=s=96x64:r=25:d=3', '-c:v', 'libx264', '-g', '12', '-pix_fmt',
                            'yuv420p', '-x264-params', options, path)
                self.assertExact(path)

    def test_a_stream_of_an_older_x264(self):
        """x264 before build 151 coded 4:4:4 otherwise, and says its build in the first packet only."""
        found = glob.glob('/usr/lib/python3*/**/imageio/resources/images/cockatoo.mp4', recursive=True)
        if not found:
            self.skipTest('the python3-imageio of this system has no cockatoo.mp4')
        self.assertExact(found[0], *(['all'] if os.environ['MIM_SANITIZED'] == 'no' else []))


if __name__ == '__main__':
    tap.main()
