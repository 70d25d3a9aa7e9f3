#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Streams without a container: they are recognised by their first units, wherever they begin, and read as the ffmpeg command
reads them."""

import re

import tap
from videopeers import MATRIX, SOURCE, VideoCase, X264, X265

FRAME = 96 * 64 * 3
SEI = {'h264': b'\x06\x05\x14' + bytes(range(16)) + b'hey\0\x80',
       'hevc': b'\x4e\x01\x05\x14' + bytes(range(16)) + b'hey\0\x80'}
AUD = {'h264': b'\x09\x10', 'hevc': b'\x46\x01\x10'}


class VideoStreams(VideoCase):
    def units(self, kind):
        """The units of a stream, from its first parameter set on, without their start codes."""
        path = self.make('units.' + kind, SOURCE, f'{X264} -bf 2 -g 8' if kind == 'h264' else f'{X265}:keyint=8')
        units = [unit.rstrip(b'\0') for unit in re.split(b'\0\0\1', self.get('units.' + kind)) if unit.strip(b'\0')]
        self.assertIn(units[0][0], (0x67, 0x40), path)
        return units

    def check(self, name, data, *, code=0, kind=None):
        """The file is recognised without its extension, and has the frames of the command."""
        path = self.put(name, data)
        facts = self.info(path, '--count') if not code else {}
        self.assertEqual(facts.get('format', kind), kind)
        expected = self.expected(path, before=('-threads', '1', '-f', {'ts': 'mpegts', 'y4m': 'yuv4mpegpipe'}.get(kind, kind)), ok=False)
        self.assertGreater(len(expected), 10 * FRAME)
        self.assertSameBytes(self.decoded(path, '--partial', '--threads', '1', code=code), expected, FRAME, name)

    def test_h264_and_hevc_begin_with_any_header_unit_and_either_start_code(self):
        for kind in ('h264', 'hevc'):
            units = self.units(kind)
            for head in ((), (SEI[kind],), (AUD[kind],), (AUD[kind], SEI[kind])):
                for code in (b'\0\0\1', b'\0\0\0\1'):
                    with self.subTest(kind, head=head, code=code):
                        self.check('stream', b''.join(code + unit for unit in (*head, *units)), kind=kind)

    def test_transport_streams_are_cut_anywhere(self):
        for name in ('h264.ts', 'mpeg2.ts', 'h264.m2ts'):
            self.make(name, *MATRIX[name])
            data = self.get(name)
            packet = 192 if name == 'h264.m2ts' else 188
            for front in (1, 3, 4, 5, 187, packet * 9 + 50, packet * 20 + 100):
                with self.subTest(name, front=front):
                    self.check('stream', data[front:], kind='ts')
            with self.subTest(name, back=57):
                self.check('stream', data[7:-57], kind='ts', code=6)

    def test_y4m_is_read_in_every_layout(self):
        for pixels in ('yuv420p', 'yuv422p', 'yuv444p', 'gray', 'yuv420p10le'):
            with self.subTest(pixels):
                self.make('in.y4m', SOURCE, f'-strict -1 -pix_fmt {pixels}')
                data = self.get('in.y4m')
                self.check('stream', data, kind='y4m')
                facts = self.info(self.path('in.y4m'))
                self.assertEqual((facts['frames'], facts['each'][1]['duration']), (30, 0.04))
                self.check('stream', data[:-10], kind='y4m', code=6)


if __name__ == '__main__':
    tap.main()
