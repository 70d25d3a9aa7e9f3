#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Videos that refer to other files, and limits."""

import os
import struct

import tap
from peers import text
from videopeers import MATRIX, VideoCase, X264

CANARY = (200, 120, 40)  # what no input of these cases holds


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
                done = self.run_mim('convert', '-q', '--partial', '--from', name, path, '-', '--to', 'raw', cwd=self.folder)
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
