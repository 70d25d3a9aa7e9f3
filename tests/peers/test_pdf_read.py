#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Reading PDF, compared with pdftocairo: plain documents, documents rewritten by qpdf, and hostile ones."""

import glob
import itertools
import os
import resource
import signal
import subprocess
import zlib

import numpy as np
from PIL import Image

import pdfbytes
import tap
from pdfbytes import HELLO, document, one_page, pages, stream
from peers import PATIENCE, SANITIZED, PeerCase, mim_program, text, wait_until_loaded


class PdfReading(PeerCase):
    def by_pdftocairo(self, path, *args):
        """Returns every page as an array, and removes the file."""
        self.run_tool('pdftocairo', '-png', *args, path, self.path('peer'))
        pictures = []
        for name in sorted(glob.glob(self.path('peer-*.png'))):
            with Image.open(name) as picture:
                data = np.asarray(picture)
            pictures.append(data if data.ndim == 3 else data[..., None])
            os.unlink(name)
        return pictures

    def assertNear(self, path, options, peer_args, most=1):
        got = self.pixels(path, *[word for option in options for word in ('-i', option)])
        expected = self.by_pdftocairo(path, *peer_args)
        self.assertEqual([frame.shape for frame in got], [frame.shape for frame in expected])
        for i, (one, other) in enumerate(zip(got, expected)):
            worst = np.abs(one.astype(int) - other.astype(int)).max()
            self.assertLessEqual(worst, most, f'page {i}')

    def test_pages_equal_pdftocairo(self):
        for name, data in pdfbytes.gallery().items():
            path = self.put('a.pdf', data)
            for dpi in ('72', '150', '61.7'):
                with self.subTest(page=name, dpi=dpi):
                    self.assertNear(path, [f'dpi={dpi}'], ['-r', dpi, '-cropbox'])
            with self.subTest(page=name, background='transparent'):
                self.assertNear(path, ['background=transparent'], ['-r', '150', '-cropbox', '-transp'])
            with self.subTest(page=name, box='media'):
                self.assertNear(path, ['box=media'], ['-r', '150'])

    def test_sizes_equal_pdftocairo(self):
        for width, height, dpi in itertools.product((612, 595.276, 100.01, 3), (792, 841.89, 99.99), (72, 150, 96, 300, 33.3)):
            with self.subTest(page=f'{width}x{height}', dpi=dpi):
                path = self.put('a.pdf', one_page('', box=f'0 0 {width} {height}'))
                info = self.info(path, '-i', f'dpi={dpi}')
                [peer] = self.by_pdftocairo(path, '-r', dpi, '-cropbox')
                self.assertEqual((info['height'], info['width']), peer.shape[:2])

    def test_size_option_applies_to_every_page(self):
        path = self.put('a.pdf', pages([HELLO] * 3, more=['', '/Rotate 90', '/MediaBox[0 0 33 44]']))
        for frame in self.pixels(path, '-i', 'size=123x77'):
            self.assertEqual(frame.shape, (77, 123, 3))

    def test_media_boxes_are_found_in_object_streams(self):
        for name in ('crop', 'rotated'):
            plain = self.put('plain.pdf', pdfbytes.gallery()[name])
            for words in (['--object-streams=generate'], ['--object-streams=generate', '--compression-level=9',
                          '--recompress-flate'], ['--linearize'], ['--encrypt', '', 'owner', '128', '--use-aes=y', '--']):
                with self.subTest(page=name, qpdf=' '.join(words)):
                    self.run_tool('qpdf', *words, plain, self.path('a.pdf'))
                    self.assertNear(self.path('a.pdf'), ['box=media'], ['-r', '150'])
        self.run_tool('qpdf', '--object-streams=generate', '--encrypt', '', 'owner', '256', '--', plain, self.path('a.pdf'))
        self.assertIn('box=media', self.refuse(6, 'info', '-i', 'box=media', self.path('a.pdf')))

    def test_user_unit_scales_pages(self):
        """pdftocairo ignores UserUnit: its pages are the same at a resolution that is higher by that factor."""
        crop = '/Rotate 90/CropBox[20 30 150.5 270.25]/UserUnit 3'
        encrypt = ['--encrypt', '', 'owner', '128', '--use-aes=y', '--']
        for unit, more in ((2, '/UserUnit 2'), (3, crop), (2.5, '/UserUnit 2.5/Dur 7'), (1, '/Dur 7')):
            plain = self.put('plain.pdf', one_page(HELLO, more=more))
            hidden = [] if unit > 1 else [['--object-streams=generate', *encrypt]]
            for words in ([], ['--object-streams=generate'], encrypt, *hidden):
                self.run_tool('qpdf', *words, plain, self.path('a.pdf'))
                with self.subTest(unit=unit, qpdf=' '.join(words)):
                    self.assertNear(self.path('a.pdf'), ['dpi=72'], ['-r', str(72 * unit), '-cropbox'])

    def test_invalid_user_units(self):
        for unit, notice in (('0', 'UserUnit is ignored'), ('-3', 'UserUnit is ignored'), ('NaN', 'wrong type')):
            path = self.put('a.pdf', one_page(HELLO, more=f'/UserUnit {unit}'))
            done = self.run_mim('convert', path, '-i', 'dpi=72', '-', '--to', 'raw')
            self.assertEqual((done.returncode, len(done.stdout)), (0, 200 * 300 * 3))
            self.assertIn(notice, text(done.stderr))
        for unit, code, error in (('1000000', 5, 'exceed the limit pixels'), ('9' * 30, 6, 'no size in pixels')):
            path = self.put('a.pdf', one_page(HELLO, more=f'/UserUnit {unit}'))
            self.assertIn(error, self.refuse(code, 'convert', path, self.path('a.raw')))

    def test_gray_and_background(self):
        path = self.put('a.pdf', pdfbytes.gallery()['group'])
        [clear] = self.pixels(path, '-i', 'background=transparent')
        [colour] = self.pixels(path, '-i', 'background=#4080c0')
        [gray] = self.pixels(path, '-i', 'gray=yes')
        [white] = self.pixels(path)
        alpha = clear[..., 3:].astype(float) / 255
        over = clear[..., :3] * alpha + np.array([0x40, 0x80, 0xc0]) * (1 - alpha)
        self.assertLessEqual(np.abs(over - colour).max(), 1.01)
        luma = white @ np.array([0.299, 0.587, 0.114])
        self.assertLessEqual(np.abs(luma - gray[..., 0]).max(), 1)

    def test_antialias_no_uses_colours_of_the_page(self):
        path = self.put('a.pdf', one_page(HELLO))
        [hard] = self.pixels(path, '-i', 'antialias=no')
        [peer] = self.by_pdftocairo(path, '-r', '150', '-antialias', 'none')
        own = (hard[..., None, :] == np.unique(peer.reshape(-1, 3), axis=0)).all(axis=-1).any(axis=-1)
        self.assertGreater(own.mean(), 0.9998, 'few pixels are mixtures')
        self.assertLess((hard != peer).any(axis=2).mean(), 0.01)
        self.assertGreater((hard == (255, 0, 0)).all(axis=2).sum(), 500, 'thin lines are there')

    def test_every_kind_of_source_returns_the_same(self):
        data = pages([HELLO] * 3)
        path = self.put('a.pdf', b'\r\nwhat came before\n' + data)
        expected = self.mim('convert', path, '-', '--to', 'raw')
        self.assertEqual(self.mim('convert', '-', '-', '--to', 'raw', data=data), self.mim('convert', self.put('b.pdf', data), '-', '--to', 'raw'))
        for threads in (2, 8):
            self.assertEqual(self.mim('convert', '--threads', threads, path, '-', '--to', 'raw'), expected)
        last = self.mim('convert', '--frames', '2', path, '-', '--to', 'raw')
        self.assertEqual(expected[-len(last):], last)

    def test_metadata(self):
        labels = '/PageLabels<</Nums[0<</S/r>>2<</S/D/P(A-)>>]>>'
        info = '/Info<</Title(T\\344)/Author<FEFF00C4>/Subject(S)/Keywords(a, b)/Creator(C)/Producer(P)' \
               "/CreationDate(D:20240506070809+02'30')/ModDate(D:20240101)>>"
        path = self.put('a.pdf', pages([HELLO] * 3, catalog=labels, trailer=info))
        answer = self.info(path)
        meta = answer['metadata']
        for key, value in {'title': 'Tä', 'author': 'Ä', 'subject': 'S', 'keywords': 'a, b', 'creator': 'C', 'producer': 'P',
                           'datetime': '2024-05-06T07:08:09+02:30', 'pdf_version': '1.7', 'encrypted': 0}.items():
            with self.subTest(key=key):
                self.assertEqual(meta.get(key), value)
        self.assertTrue(meta['modified'].startswith('2024-01-01T00:00:00'))
        each = [frame['metadata'] for frame in answer['each']]
        self.assertEqual([frame['page_label'] for frame in each], ['i', 'ii', 'A-1'])
        self.assertEqual(each[0]['page_size'], [120, 90])

    def test_content_besides_pages_is_noted(self):
        catalog = '/Outlines 51 0 R/Metadata 55 0 R/Names<</EmbeddedFiles<</Names[(a.txt)53 0 R]>>>>'
        objects = {51: '<</Type/Outlines/First 52 0 R/Last 52 0 R/Count 1>>', 52: '<</Title(One)/Parent 51 0 R/Dest[100 0 R/Fit]>>',
                   53: '<</Type/Filespec/F(a.txt)/EF<</F 54 0 R>>>>', 54: stream(b'hello', '/Type/EmbeddedFile'),
                   55: stream(b'<x:xmpmeta xmlns:x="adobe:ns:meta/"/>', '/Type/Metadata/Subtype/XML')}
        path = self.put('a.pdf', pages([HELLO], catalog=catalog, objects=objects))
        for name in ('out.png', 'out.tif', 'out.pdf', 'out.mp4'):
            with self.subTest(name):
                said = text(self.run_mim('convert', '--force', path, self.path(name)).stderr)
                for content in ('embedded files (1)', 'the outline', 'the XMP metadata'):
                    self.assertIn(content, said)
        plain = self.put('b.pdf', pages([HELLO]))
        self.assertNotIn('left out', text(self.run_mim('convert', '--force', plain, self.path('out.png')).stderr))

    def test_encrypted_documents_require_the_password(self):
        plain = self.put('plain.pdf', pages([HELLO] * 2))
        expected = self.mim('convert', plain, '-', '--to', 'raw')
        for bits in (40, 128, 256):
            with self.subTest(bits=bits):
                weak = ['--allow-weak-crypto'] if bits < 256 else []
                self.run_tool('qpdf', *weak, '--encrypt', 'user', 'owner', str(bits), '--', plain, self.path('a.pdf'))
                self.assertIn('password', self.refuse(2, 'info', self.path('a.pdf')))
                said = self.refuse(2, 'info', '-i', 'password=secret', self.path('a.pdf'))
                self.assertNotIn('secret', said)
                for word in ('user', 'owner'):
                    self.assertEqual(self.mim('convert', '-i', f'password={word}', self.path('a.pdf'), '-', '--to', 'raw'), expected)
                self.assertEqual(self.info(self.path('a.pdf'), '-i', 'password=user')['metadata']['encrypted'], 1)

    def test_repaired_damage_causes_a_notice(self):
        data = pages([HELLO] * 2)
        whole = self.mim('convert', self.put('a.pdf', data), '-', '--to', 'raw')
        for name, broken in {'no end': data[:-20], 'wrong offset': data.replace(b'startxref\n', b'startxref\n9'),
                             'no table': data.replace(b'xref\n0', b'xxxx\n0', 1)}.items():
            with self.subTest(damage=name):
                done = self.run_mim('convert', self.put('a.pdf', broken), '-', '--to', 'raw')
                self.assertEqual((done.returncode, done.stdout), (0, whole))
                self.assertIn('note:', text(done.stderr))

    def test_every_truncation_is_reported(self):
        data = one_page(HELLO)
        whole = self.mim('convert', '--quiet', self.put('a.pdf', data), '-', '--to', 'raw')
        for size in range(1, len(data) - 6, 41):
            done = self.run_mim('convert', self.put('a.pdf', data[:size]), '-', '--to', 'raw')
            self.assertTrue(done.returncode > 0 or (done.returncode == 0 and b'note:' in done.stderr), (size, done))

    def test_invalid_page_trees(self):
        page = '<</Type/Page/Parent 2 0 R/MediaBox[0 0 10 10]>>'
        many = {i: 'null' for i in range(5, 20)}
        for name, objects in {
            'loops': {2: '<</Type/Pages/Kids[2 0 R]/Count 5>>'},
            'loops wider': {2: '<</Type/Pages/Kids[3 0 R 4 0 R]/Count 9>>', 3: '<</Type/Pages/Kids[2 0 R]/Count 3>>', 4: page},
            'counts too many': {2: '<</Type/Pages/Kids[4 0 R]/Count 10>>', 4: page, **many},
            'counts beyond reason': {2: '<</Type/Pages/Kids[4 0 R]/Count 2000000000>>', 4: page},
            'has no pages': {2: '<</Type/Pages/Kids[]/Count 0>>'},
        }.items():
            with self.subTest(tree=name):
                path = self.put('a.pdf', document({1: '<</Type/Catalog/Pages 2 0 R>>', **objects}))
                self.assertIn('page', self.refuse(6, 'convert', path, self.path('a.tif')))
                self.keep_only('a.pdf')
        deep = {i: f'<</Type/Pages/Kids[{i + 1} 0 R]/Count 1>>' for i in range(2, 3000)}
        path = self.put('a.pdf', document({1: '<</Type/Catalog/Pages 2 0 R>>', **deep, 3000: page}))
        self.assertEqual(len(self.pixels(path)), 1)

    def test_a_million_pages_open(self):
        count = 1000000
        out = [b'%PDF-1.4\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n'
               b'2 0 obj\n<</Type/Pages/MediaBox[0 0 10 10]/Count 1000000/Kids[']
        out += [b'%d 0 R\n' % (i + 3) for i in range(count)] + [b']>>\nendobj\n']
        start, table = sum(map(len, out)), [b'%010d 00000 n \n' % len(b'%PDF-1.4\n')]
        table.append(b'%010d 00000 n \n' % out[0].index(b'2 0 obj'))
        for i in range(count):
            body = b'%d 0 obj\n<</Type/Page/Parent 2 0 R>>\nendobj\n' % (i + 3)
            table.append(b'%010d 00000 n \n' % start)
            out.append(body)
            start += len(body)
        out += [b'xref\n0 %d\n0000000000 65535 f \n' % (count + 3), *table]
        out.append(b'trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n' % (count + 3, start))
        path = self.put('a.pdf', b''.join(out))
        info = self.mim('info', '--json', path)
        self.assertIn(b'"frames": 1000000', info)
        self.assertEqual(self.mim('convert', '-i', 'dpi=72', '--frames', '10', path, '-', '--to', 'raw'), b'\xff' * 300)

    def test_huge_pages_are_refused_before_they_are_drawn(self):
        path = self.put('a.pdf', one_page(HELLO, box='0 0 1036800 1036800'))
        self.assertEqual(self.info(path)['width'], 2160000)
        self.assertIn('pixels', self.refuse(5, 'convert', path, self.path('a.tif')))
        [banner] = self.pixels(self.put('a.pdf', one_page(HELLO, box='0 0 40 30000')))
        self.assertEqual(banner.shape, (62500, 84, 3))
        self.assertLess(banner[-600:].min(), 255)

    def test_endless_pages_can_be_cancelled(self):
        forms = {6 + i: stream(f'/Y Do ' * 10 if i < 8 else '0 0 5 5 re f',
                               f'/Type/XObject/Subtype/Form/BBox[0 0 99 99]/Resources<</XObject<</Y {7 + i} 0 R>>>>') for i in range(9)}
        path = self.put('a.pdf', one_page('/X Do', resources='/XObject<</X 6 0 R>>', objects=forms))
        with subprocess.Popen([mim_program(), 'convert', path, self.path('a.tif')], env=self.environment(),
                              stderr=subprocess.PIPE) as run:
            wait_until_loaded(run, 'pdf')
            run.send_signal(signal.SIGINT)
            run.communicate(timeout=PATIENCE)
            self.assertEqual(run.returncode, -signal.SIGINT)
        self.assertNothingBeside('a.pdf')

    def test_pages_that_poppler_draws_for_minutes_end(self):
        """Millions of large paths in a kilobyte, which poppler reads at once and then draws without asking."""
        paths = stream(zlib.compress(zlib.compress(b'0 0 m 99 99 l 0 99 l 99 0 l h f*\n' * 3000000, 9), 9),
                       '/Filter[/FlateDecode/FlateDecode]')
        path = self.put('a.pdf', one_page('', objects={4: paths}))
        for number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(number.name):
                with subprocess.Popen([mim_program(), 'convert', path, self.path('a.tif')], env=self.environment(),
                                      stderr=subprocess.PIPE) as run:
                    wait_until_loaded(run, 'pdf')
                    run.send_signal(number)
                    run.communicate(timeout=PATIENCE)
                    self.assertEqual(run.returncode, -number)
        self.assertIn('out of time', self.refuse(75, 'convert', path, self.path('a.tif'), '--seconds', '1'))
        self.assertNothingBeside('a.pdf')

    def test_compression_bombs_take_no_memory(self):
        bomb = stream(zlib.compress(b' ' * 50000000, 9), '/Filter/FlateDecode')
        image = pdfbytes.image(100000, 100000, b'\0' * 100000)
        for name, data in {'content': one_page('', objects={4: bomb}),
                           'image': one_page('q 100 0 0 100 0 0 cm /X Do Q', resources='/XObject<</X 6 0 R>>', objects={6: image})}.items():
            with self.subTest(bomb=name):
                path = self.put('a.pdf', data)
                done = self.run_mim('convert', path, self.path('a.tif'), preexec_fn=limit_memory)
                self.assertIn(done.returncode, (0, 5, 6), text(done.stderr))
                self.keep_only('a.pdf')


def limit_memory():
    if not SANITIZED:
        resource.setrlimit(resource.RLIMIT_DATA, (400 << 20, 400 << 20))


if __name__ == '__main__':
    tap.main()
