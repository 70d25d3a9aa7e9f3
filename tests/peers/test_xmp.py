# SPDX-License-Identifier: MIT
"""XMP packets of TIFF, PNG and GIF, compared with Pillow and gifsicle."""

import subprocess
import unittest

import tap
from peers import PeerCase, text
from PIL import Image, PngImagePlugin

PACKET = ('<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">grüße</x:xmpmeta>'
          '<?xpacket end="w"?>')
TRAILER = b'\x01' + bytes(range(255, -1, -1)) + b'\0'


class Xmp(PeerCase):
    def put_pictures(self):
        picture = Image.new('RGB', (8, 6), 'red')
        picture.save(self.path('in.tif'), tiffinfo={700: PACKET.encode()})
        info = PngImagePlugin.PngInfo()
        info.add_itxt('XML:com.adobe.xmp', PACKET)
        picture.save(self.path('in.png'), pnginfo=info)
        picture.save(self.path('plain.gif'))
        gif = self.get('plain.gif')
        at = 13 + 3 * (2 << (gif[10] & 7))
        self.put('in.gif', gif[:at] + b'!\xff\x0bXMP DataXMP' + PACKET.encode() + TRAILER + gif[at:])

    def test_each_format_gives_its_packet_to_the_others(self):
        self.put_pictures()
        for source in ('in.tif', 'in.png', 'in.gif'):
            for target in ('tif', 'png', 'gif'):
                with self.subTest(source=source, target=target):
                    name = f'out.{target}'
                    self.mim('convert', '-qf', self.path(source), self.path(name))
                    self.assertEqual(self.packet_of(name), PACKET.encode())

    def packet_of(self, name):
        if name.endswith('.gif'):
            subprocess.run(['gifsicle', '--no-warnings', self.path(name), '-o', self.path('checked.gif')], check=True)
            start = self.get(name).index(b'XMP DataXMP') + 11
            return self.get(name)[start:self.get(name).index(TRAILER, start)]
        with Image.open(self.path(name)) as picture:
            picture.load()
            return picture.tag_v2[700] if name.endswith('.tif') else picture.info['XML:com.adobe.xmp'].encode()

    def test_a_packet_that_a_format_cannot_hold_is_reported(self):
        Image.new('RGB', (8, 6)).save(self.path('zero.tif'), tiffinfo={700: b'a\0b'})
        for target in ('png', 'gif'):
            with self.subTest(target):
                done = self.run_mim('convert', '-f', self.path('zero.tif'), self.path(f'out.{target}'))
                self.assertIn("'xmp'", text(done.stderr))


tap.main()
