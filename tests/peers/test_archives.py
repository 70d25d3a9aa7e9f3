#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Archives: those of Python, zip and zstd are read as Pillow reads their members, and those of mim by Python; damaged and hostile
ones end in errors."""

import gzip
import io
import os
import random
import re
import signal
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib

import numpy as np
import tifffile
from PIL import Image

import pictures
import tap
from peers import SANITIZED, PeerCase, mim_program, text, wait_until_loaded

# A small process of its own: children inherit the peak of their parent.
PEAK = """import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"""
FRAMES = pictures.photograph(5, height=24, width=40)
NAMES = ['p10.png', 'p2.png', 'p1.png', 'q/p1.png', 'p33.png']  # in the order of storage
ORDER = [2, 1, 0, 4, 3]                                         # in natural order


def png(frame):
    out = io.BytesIO()
    Image.fromarray(frame).save(out, 'png')
    return out.getvalue()


def zipped(members, method=zipfile.ZIP_DEFLATED, **more):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', method, **more) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def tarred(members, mode='w:', form=tarfile.PAX_FORMAT):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode, format=form) as archive:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return out.getvalue()


def gunzip(data):
    """Decompress gzip, of one file or several, up to its end or a cut."""
    out = b''
    while data:
        unpacker = zlib.decompressobj(31)
        out += unpacker.decompress(data)
        data = unpacker.unused_data
    return out


def members_of(frames=FRAMES, names=NAMES):
    return [(name, png(frame)) for name, frame in zip(names, frames)]


class Stream:
    """A file without seek, to which zipfile writes sizes after members."""

    def __init__(self):
        self.data = bytearray()

    def write(self, data):
        self.data += data
        return len(data)

    def flush(self):
        pass


class Archives(PeerCase):
    def raw(self, *args):
        """The samples of a conversion."""
        return self.mim('convert', '-q', *args, '-', '--to', 'raw')

    def expect(self, path, frames, *args):
        self.assertEqual(self.raw(self.path(path), *args), b''.join(map(bytes, frames)), path)

    def bytes_read(self, path, *args):
        """Bytes that mim reads of a file."""
        trace = self.path('trace')
        self.run_tool('strace', '-f', '-qq', '-e', 'trace=read,pread64', '-P', path, '-o', trace, mim_program(), *args,
                      env=self.traceable())
        return sum(int(got) for got in re.findall(r'= (\d+)$', self.get('trace').decode(), re.M))

    def test_archives_of_others_are_read_in_natural_order(self):
        ordered = [FRAMES[i] for i in ORDER]
        members = members_of()
        files = {f'{name}.zip': zipped(members, method) for name, method in (
            ('stored', zipfile.ZIP_STORED), ('deflated', zipfile.ZIP_DEFLATED), ('bzip2', zipfile.ZIP_BZIP2), ('lzma', zipfile.ZIP_LZMA))}
        files |= {f'{mode[2:] or "plain"}-{form}.tar{"." * bool(mode[2:])}{mode[2:]}': tarred(members, mode, form)
                  for mode in ('w:', 'w:gz', 'w:bz2', 'w:xz') for form in (tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT)}
        for name, data in files.items():
            with self.subTest(name):
                self.put(name, data)
                self.expect(name, ordered)
                self.expect(name, [ordered[i] for i in (4, 1, 3)], '--frames', '4,1,3')
                self.expect(name, ordered[::-1], '--frames', '::-1')
        self.put('program', b'something before it' * 9 + files['stored.zip'])
        self.expect('program', ordered, '--from', 'zip')
        self.put('a.tar', files['plain-2.tar'])
        self.run_tool('zstd', '-q', self.path('a.tar'))
        self.expect('a.tar.zst', ordered)

    def test_archives_of_zip_with_unix_facts_are_read(self):
        os.mkdir(self.path('in'))
        for name, data in members_of(names=['a.png', 'ä.png', 'c.png', 'd.png', 'e.png']):
            self.put(f'in/{name}', data)
        os.symlink('a.png', self.path('in/z.png'))
        subprocess.run(['zip', '-qry', self.path('a.zip'), '.'], cwd=self.path('in'), check=True)
        self.expect('a.zip', [FRAMES[i] for i in (0, 2, 3, 4, 1)])
        self.assertIn('left out: z.png', text(self.run_mim('info', self.path('a.zip')).stderr))

    def test_members_may_be_any_format(self):
        stack = pictures.photograph(4)
        tifffile.imwrite(self.path('s.tif'), np.stack(stack), photometric='rgb')
        self.mim('convert', '-q', self.path('s.tif'), self.path('s.gif'), '--fps', 10)
        self.mim('convert', '-q', self.path('s.tif'), self.path('s.mkv'), '--fps', 10, '-o', 'codec=ffv1')
        names = ('s.tif', 's.gif', 's.mkv')
        data = [(f'dir/{name}', self.get(name)) for name in names]
        self.put('a.zip', zipped(data))
        self.put('a.tar.gz', tarred(data, 'w:gz'))
        for archive in ('a.zip', 'a.tar.gz'):
            for name in names:
                with self.subTest(archive, member=name):
                    path = self.path(f'{archive}/dir/{name}')
                    self.assertEqual(self.raw(path), self.raw(self.path(name)))
                    one, other = self.info(path), self.info(self.path(name))
                    self.assertEqual([frame.get('duration') for frame in one['each']], [frame.get('duration') for frame in other['each']])
        self.assertIn("did you mean 'dir/s.gif'", self.refuse(6, 'info', self.path('a.zip/dir/s.giff')))

    def test_a_member_of_many_megabytes_is_a_stream(self):
        frames = np.random.default_rng(5).integers(0, 255, (6, 1500, 1500, 3), np.uint8)
        tifffile.imwrite(self.path('s.tif'), frames, photometric='rgb')
        self.put('a.zip', zipped([('s.tif', self.get('s.tif'))], zipfile.ZIP_STORED))
        self.assertEqual(self.raw(self.path('a.zip/s.tif')), frames.tobytes())
        self.expect('a.zip', frames[:1])

    def test_parts_of_an_archive_are_series(self):
        self.put('a.zip', zipped(members_of(names=['d/f7.png', 'd/f8.png', 'd/f10.png', 'd/e/x.png', 'y.png'])))
        for name, frames in (('a.zip/d/f%d.png', [0, 1, 2]), ('a.zip/d/f?.png', [0, 1]), ('a.zip/d/', [3, 0, 1, 2]), ('a.zip/', [3, 0, 1, 2, 4])):
            with self.subTest(name):
                self.expect(name, [FRAMES[i] for i in frames])
        self.assertIn('1 number is missing: 9', text(self.run_mim('info', self.path('a.zip/d/f%d.png')).stderr))

    def test_an_archive_in_an_archive_and_no_deeper(self):
        inner = zipped(members_of())
        self.put('outer.tar', tarred([('x/inner.zip', inner)]))
        self.put('three.zip', zipped([('outer.tar', self.get('outer.tar'))]))
        self.expect('outer.tar/x/inner.zip/p2.png', [FRAMES[1]])
        self.expect('outer.tar/x/inner.zip', [FRAMES[i] for i in ORDER])
        self.assertIn('in an archive in an archive', self.refuse(6, 'info', self.path('three.zip/outer.tar/x/inner.zip/p2.png')))
        self.assertIn('without images', self.refuse(6, 'info', self.path('outer.tar')))

    def test_archives_of_mim_are_read_by_python(self):
        frames = pictures.photograph(12)
        tifffile.imwrite(self.path('s.tif'), np.stack(frames), photometric='rgb')
        for name, member, start in (('a.cbz', '%04d.png', 1), ('b.tar', '%04d.png', 1), ('c.zip/f_%03d.tif', 'f_%03d.tif', 0)):
            with self.subTest(name):
                archive = name.split('/')[0]
                self.mim('convert', '-q', self.path('s.tif'), self.path(name))
                first = self.get(archive)
                self.mim('convert', '-qf', self.path('s.tif'), self.path(name), '--threads', 3, env={'TZ': 'Asia/Tokyo'})
                self.assertEqual(self.get(archive), first)
                if archive.endswith('.tar'):
                    with tarfile.open(self.path(archive)) as file:
                        found = [(item.name, file.extractfile(item).read()) for item in file]
                        self.assertEqual({(item.mtime, item.uid, item.uname) for item in file}, {(0, 0, '')})
                else:
                    with zipfile.ZipFile(self.path(archive)) as file:
                        self.assertIsNone(file.testzip())
                        found = [(item.filename, file.read(item)) for item in file.infolist()]
                        methods = {item.compress_type for item in file.infolist()}
                        self.assertEqual(methods, {zipfile.ZIP_STORED if 'png' in member else zipfile.ZIP_DEFLATED})
                self.assertEqual([item[0] for item in found], [member % (i + start) for i in range(12)])
                self.assertSameFrames([np.array(Image.open(io.BytesIO(data))) for _, data in found], frames)
                self.expect(archive, frames)
        self.run_tool('zip', '-qT', self.path('a.cbz'))

    def test_output_options_reach_the_members(self):
        tifffile.imwrite(self.path('s.tif'), np.stack(FRAMES), photometric='rgb')
        self.mim('convert', '-q', self.path('s.tif'), self.path('a.zip'), '-o', 'format=jpg', '-o', 'quality=30')
        with zipfile.ZipFile(self.path('a.zip')) as file:
            self.assertEqual(Image.open(file.open('0005.jpg')).format, 'JPEG')
        self.assertIn('quality', self.refuse(2, 'convert', '-q', self.path('s.tif'), self.path('b.zip'), '-o', 'quality=30'))
        self.mim('convert', '-q', self.path('s.tif'), self.path('s.gif'), '--fps', 10)
        self.assertIn('keeps no timing', text(self.run_mim('convert', self.path('s.gif'), self.path('c.zip')).stderr))
        self.assertIn('exists already', self.refuse(7, 'convert', '-q', self.path('s.tif'), self.path('a.zip')))
        self.assertIn('does not exist', self.refuse(7, 'convert', '-q', self.path('s.tif'), self.path('nowhere.d/%d.png')))

    def test_a_compressed_archive_is_read_twice_and_a_zip_hardly_once(self):
        noise = np.random.default_rng(2).integers(0, 255, (40, 64, 64, 3), np.uint8)
        names = [f'{i}.png' for i in random.Random(1).sample(range(1000), 40)]
        self.put('a.tar.gz', tarred(members_of(noise, names), 'w:gz'))
        self.put('a.zip', zipped(members_of(noise, names), zipfile.ZIP_STORED))
        size = os.path.getsize(self.path('a.tar.gz'))
        packed = self.bytes_read(self.path('a.tar.gz'), 'convert', '-q', self.path('a.tar.gz'), self.path('a.tiff'))
        self.assertLess(packed, 2.2 * size + 300000)
        one = self.bytes_read(self.path('a.zip'), 'convert', '-q', self.path('a.zip'), self.path('b.tiff'), '--frames', '17:18')
        self.assertLess(one, size / 2)

    def test_a_walk_backwards_costs_no_more_than_one_forwards(self):
        """In tar, and in ZIP that is cut, where members are known by their headers only."""
        noise = np.random.default_rng(7).integers(0, 255, (200, 64, 64, 3), np.uint8)
        members = members_of(noise, [f'{i:03}.png' for i in range(200)])
        stream = Stream()
        with zipfile.ZipFile(stream, 'w', zipfile.ZIP_DEFLATED) as archive:
            for name, data in members:
                archive.writestr(name, data)
        for name, data in (('a.tar', tarred(members)), ('a.zip', zipped(members, zipfile.ZIP_STORED)), ('stream.zip', bytes(stream.data))):
            with self.subTest(name):
                self.put(name, data if name == 'a.tar' else data[:data.find(b'PK\1\2') + 40])
                self.expect(name, noise[::-1], '--frames', '199::-1')
                cost = self.bytes_read(self.path(name), 'convert', '-qf', self.path(name), self.path('a.tiff'), '--frames', '199::-1')
                print(f'# {name} of {len(data)} bytes backwards: {cost} bytes are read')
                self.assertLess(cost, 5 * len(data))

    def test_streams_are_archives_too(self):
        for name, data in (('a.zip', zipped(members_of())), ('a.tar.gz', tarred(members_of(), 'w:gz'))):
            with self.subTest(name):
                got = self.mim('convert', '-q', '-', '-', '--to', 'raw', data=data)
                self.assertEqual(got, b''.join(bytes(FRAMES[i]) for i in ORDER))

    def test_hostile_names_are_left_out(self):
        link = zipfile.ZipInfo('link.png')
        link.create_system, link.external_attr = 3, 0o120777 << 16
        data = members_of(names=['../up.png', '/abs.png', 'a/../../b.png', 'ok.png', 'esc\x1b[31m.png'])
        self.put('a.zip', zipped(data + [(link, '/etc/passwd'), ('.hidden.png', b'x'), ('__MACOSX/._ok.png', b'x'), ('n' * 5000 + '.png', data[0][1])]))
        done = self.run_mim('info', self.path('a.zip'))
        self.assertIn('and 2 more', text(done.stderr))
        self.assertNotIn(b'\x1b[31m', done.stderr + done.stdout)
        self.expect('a.zip', [FRAMES[4], FRAMES[3]])
        with tarfile.open(self.path('b.tar'), 'w') as archive:
            for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
                member = tarfile.TarInfo(f'{kind}.png')
                member.type, member.linkname = kind, '/etc/passwd'
                archive.addfile(member)
            for name, content in members_of():
                member = tarfile.TarInfo('./' + name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
        self.expect('b.tar', [FRAMES[i] for i in ORDER])
        self.assertEqual(sorted(os.listdir(self.folder)), ['a.zip', 'b.tar'])

    def test_of_equal_names_the_last_counts(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode='w') as archive:
            for frame in FRAMES:
                member = tarfile.TarInfo('same.png')
                member.size = len(png(frame))
                archive.addfile(member, io.BytesIO(png(frame)))
        self.put('a.tar', out.getvalue())
        self.expect('a.tar', FRAMES[-1:])
        self.expect('a.tar/same.png', FRAMES[-1:])
        self.assertIn('4 members are left out', text(self.run_mim('info', self.path('a.tar')).stderr))

    def test_encrypted_members_are_refused(self):
        data = bytearray(zipped(members_of()))
        for mark, offset in ((b'PK\x03\x04', 6), (b'PK\x01\x02', 8)):
            at = data.find(mark)
            data[at + offset] |= 1  # of p10.png
        self.put('a.zip', data)
        self.assertIn('encrypted', self.refuse(6, 'convert', '-q', self.path('a.zip'), self.path('b.tiff'), '--frames', '2'))
        self.expect('a.zip', [FRAMES[2]], '--frames', '0')

    def test_a_wrong_checksum_names_the_member(self):
        data = bytearray(zipped(members_of(), zipfile.ZIP_STORED))
        data[zipfile.ZipFile(io.BytesIO(data)).getinfo('p2.png').header_offset + 100] ^= 1
        self.put('a.zip', data)
        said = self.refuse(6, 'convert', '-q', self.path('a.zip'), self.path('b.tiff'))
        self.assertRegex(said, r'p2\.png: .*CRC.*1 good frame before')
        self.expect('a.zip', [FRAMES[0]], '--frames', '2')

    def test_bombs_end_at_a_limit(self):
        zeros = bytes(300 << 20)
        black = self.path('black.zip')
        with zipfile.ZipFile(black, 'w', zipfile.ZIP_DEFLATED) as archive:
            archive.writestr('a.png', zeros)
        self.put('black.tar.gz', tarred([('a.png', zeros)], 'w:gz'))
        for path in (black, self.path('black.tar.gz')):
            with self.subTest(os.path.basename(path)):
                said = self.refuse(5, 'info', path)
                self.assertRegex(said, r'\d+ bytes come out of \d+, which exceeds the limit ratio=250')
                self.assertIn('limit', self.refuse(5, 'info', '--limit', 'ratio=off', '--limit', 'spool=50MB', path)
                              if path == black else 'limit')
        self.put('many.zip', zipped([(f'{i}.png', b'') for i in range(300)]))
        self.assertIn('frames=200', self.refuse(5, 'info', '--limit', 'frames=200', self.path('many.zip')))

    def test_cut_archives_deliver_the_members_before(self):
        """At each byte of a ZIP file and at many of a tar."""
        frames = [frame[:4, :6] for frame in FRAMES[:3]]
        for name, data in (('a.zip', zipped(members_of(frames))), ('a.tar', tarred(members_of(frames)))):
            ends = [(data.find(png(frame)) + len(png(frame)) + 511) // 512 * 512 for frame in frames] if name == 'a.tar' else []
            step = 1 if name == 'a.zip' and not SANITIZED else 97
            for size in range(len(data) - 1, 300, -step):
                self.put(name, data[:size])
                done = self.run_mim('convert', '-q', '--partial', self.path(name), '-', '--to', 'raw')
                if name == 'a.tar' and size >= ends[-1] + 512:  # only padding is missing
                    continue
                self.assertEqual(done.returncode, 6, f'{name} {size}: {text(done.stderr)}')
                whole = sum(end <= size for end in ends)
                self.assertGreaterEqual(len(done.stdout), whole * 72, f'{name} of {size} bytes')
                self.assertTrue(done.stderr)

    def test_a_cut_tar_gz_delivers_what_zlib_finds_before_the_cut(self):
        noise = np.random.default_rng(6).integers(0, 255, (40, 16, 32, 3), np.uint8)
        members = members_of(noise, [f'{i:02}.png' for i in range(40)])
        tar = tarred(members)
        ends = [tar.find(data) + len(data) for _, data in members]
        half = tar.find(members[20][1]) // 512 * 512
        packed = {'one': gzip.compress(tar), 'two': gzip.compress(tar[:half]) + gzip.compress(tar[half:])}
        for name, data in packed.items():
            for size in random.Random(3).sample(range(2000, len(data)), 20) + [len(data) - 1, len(data) - 9]:
                with self.subTest(name, size=size):
                    self.put('a.tar.gz', data[:size])
                    whole = sum(end <= len(gunzip(data[:size])) for end in ends)
                    done = self.run_mim('convert', '-q', '--partial', self.path('a.tar.gz'), '-', '--to', 'raw')
                    self.assertEqual(done.returncode, 6, text(done.stderr))
                    self.assertEqual(done.stdout[:whole * noise[0].size], noise[:whole].tobytes())
                    self.assertRegex(text(done.stderr), 'runcated gzip input')
            self.put('a.tar.gz', data + b'\0' * 1000 + b'garbage')
            self.expect('a.tar.gz', noise)
            damaged = bytearray(data)
            damaged[-6] ^= 1  # of the checksum
            self.put('a.tar.gz', damaged)
            self.assertIn('incorrect data check', self.refuse(6, 'convert', '-qf', self.path('a.tar.gz'), self.path('b.tiff')))

    def test_flipped_bits_do_not_crash(self):
        chance = random.Random(9)
        files = {'a.zip': zipped(members_of()), 'a.tar': tarred(members_of()), 'a.tar.xz': tarred(members_of(), 'w:xz')}
        for name, data in files.items():
            for _ in range(40):
                damaged = bytearray(data)
                for _ in range(chance.randint(1, 4)):
                    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
                self.put(name, damaged)
                done = self.run_mim('convert', '-q', self.path(name), '-', '--to', 'raw')
                self.assertIn(done.returncode, (0, 1, 2, 3, 4, 5, 6), text(done.stderr))

    def test_an_archive_is_written_whole_or_not_at_all(self):
        frames = pictures.photograph(3, height=3000, width=3000)
        tifffile.imwrite(self.path('s.tif'), np.stack(frames), photometric='rgb')
        self.put('old.zip', b'old')
        mim = subprocess.Popen([mim_program(), 'convert', '-qf', self.path('s.tif'), self.path('old.zip'), '-o', 'format=webp', '-o', 'method=6'],
                               env=self.environment(), stderr=subprocess.DEVNULL)
        wait_until_loaded(mim, 'archive')
        time.sleep(0.2)
        mim.send_signal(signal.SIGKILL)
        mim.wait()
        self.assertEqual(self.get('old.zip'), b'old')
        self.assertNothingBeside('old.zip', 's.tif')
        self.put('cut.tar', tarred(members_of())[:-9000])
        self.refuse(6, 'convert', '-qf', self.path('cut.tar'), self.path('old.zip'))
        self.assertEqual(self.get('old.zip'), b'old')
        self.assertNothingBeside('cut.tar', 'old.zip', 's.tif')

    def test_policies_apply_to_archives_and_members(self):
        self.put('a.zip', zipped(members_of()))
        os.mkdir(self.path('mim-1'))
        for denied in ('zip', 'archive', 'png'):
            with self.subTest(denied):
                self.put('mim-1/mim.conf', f'[policy]\ndeny = {denied}\n'.encode())
                done = self.run_mim('info', self.path('a.zip/p1.png'), env={'XDG_CONFIG_HOME': self.folder})
                self.assertNotEqual(done.returncode, 0)
                self.assertIn('deny', text(done.stderr))
        self.assertIn('allowed', self.refuse(4, 'info', '--formats', 'zip', self.path('a.zip')))
        self.assertIn('allowed', self.refuse(4, 'info', '--formats', 'png', self.path('a.zip/p1.png')))
        self.mim('info', '--formats', 'png,zip', self.path('a.zip/p1.png'))

    def test_memory_stays_within_the_budget(self):
        noise = np.random.default_rng(3).integers(0, 255, (12, 2000, 2000, 3), np.uint8)
        for i, frame in enumerate(noise):
            tifffile.imwrite(self.path(f'{i}.tif'), frame, photometric='rgb')
        names = [f'{i}.tif' for i in range(12)]
        subprocess.run(['zip', '-q0', 'a.zip', *names], cwd=self.folder, check=True)
        subprocess.run(['tar', 'czf', 'a.tar.gz', *names[::-1]], cwd=self.folder, check=True)
        for name in ('a.zip', 'a.tar.gz'):
            with self.subTest(name):
                peak = int(subprocess.run([sys.executable, '-c', PEAK, mim_program(), 'convert', '-qf', self.path(name), self.path('b.tiff')],
                                          env=self.environment(MALLOC_PERTURB_=None), check=True, stdout=subprocess.PIPE).stdout)
                self.assertPeakBelow(peak / 1024, 64 + 64 + 3 * 12 + 20)
                with tifffile.TiffFile(self.path('b.tiff')) as file:
                    self.assertSameFrames([page.asarray() for page in file.pages], noise)


if __name__ == '__main__':
    tap.main()
