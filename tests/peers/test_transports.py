#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""URLs: good servers and bad ones, how often they are asked and for how much, and which secrets are shown."""

import io
import json
import os
import re
import struct
import subprocess
import threading
import zipfile

import numpy as np

import tap
from commandpeers import animation
from peers import PATIENCE, SANITIZED, PeerCase, mim_program, tool
from servers import Ftp, Web, make_certificates

OUTSIDE = re.compile('.*_proxy$|AWS_|SSL_|CURL_', re.I)
SECRET = 's3cret'
GIF = animation(40)  # some hundred bytes
FRAME = 192 * 144 * 3  # bytes of the frames of videos
X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-bf', '2', '-g', '30', '-sc_threshold', '0', '-qp', '26']


def long_gif():
    """Longer than one request."""
    return animation(4000)


def sparse_tiff(path, together, size=10 << 30, pages=4, width=320, height=240):
    """A BigTIFF of 10 GB, mostly holes, with the directories at its pages or together at the end."""
    entries = 9
    length = 8 + 20 * entries + 8
    data = [(i + 1) * (size // (pages + 2)) for i in range(pages)]
    directories = [size - (pages - i) * length if together else at + 2 * width * height for i, at in enumerate(data)]
    with open(path, 'wb') as file:
        file.write(struct.pack('<2sHHHQ', b'II', 43, 8, 0, directories[0]))
        for i, at in enumerate(data):
            file.seek(at)
            file.write(np.full((height, width), 1000 + i, '<u2').tobytes())
            file.seek(directories[i])
            tags = [(256, 4, width), (257, 4, height), (258, 3, 16), (259, 3, 1), (262, 3, 1), (273, 16, at), (277, 3, 1),
                    (278, 4, height), (279, 16, 2 * width * height)]
            file.write(struct.pack('<Q', entries) + b''.join(struct.pack('<HHQQ', tag, kind, 1, value) for tag, kind, value in tags) +
                       struct.pack('<Q', directories[i + 1] if i + 1 < pages else 0))
        file.truncate(size)


def index_size(path):
    """Bytes of an MP4's moov."""
    with open(path, 'rb') as file:
        while True:
            size, name = struct.unpack('>I4s', file.read(8))
            if name == b'moov':
                return size
            if size == 1:
                size = struct.unpack('>Q', file.read(8))[0] - 8
            file.seek(size - 8, 1)


def zipped(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w') as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


class Transports(PeerCase):
    def setUp(self):
        super().setUp()
        self.web = Web({'a.gif': GIF, 'long.gif': long_gif(), 'empty.gif': b''})
        self.addCleanup(self.web.close)

    def environment(self, **more):
        """Without what changes how addresses are read."""
        found = {name: value for name, value in super().environment(**more).items() if name in more or not OUTSIDE.match(name)}
        return found

    def ask(self, *arguments, **variables):
        return self.run_mim(*arguments, env=variables, text=True)

    def facts(self, url, **variables):
        done = self.ask('info', '--json', url, **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        return json.loads(done.stdout)[0]

    def convert(self, url, **variables):
        """Return the bytes that a conversion makes."""
        out = self.path('out.apng')
        done = self.ask('convert', '--force', url, out, **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(out, 'rb') as file:
            return file.read()

    def expected(self, name='a.gif'):
        local = self.path(name)
        with open(local, 'wb') as file:
            file.write(self.web.files[name])
        return self.convert(local)

    def fails(self, url, words, code=None, arguments=(), **variables):
        """A clear error, and nothing is written."""
        out = self.path('none.apng')
        done = self.ask('convert', *arguments, url, out, **variables)
        shown = re.sub(r'//[^/]*@', '//', url).split('?')[0]
        self.assertNotEqual(done.returncode, 0)
        self.assertGreater(done.returncode, 0, done.stderr)
        if code:
            self.assertEqual(done.returncode, code, done.stderr)
        self.assertRegex(done.stderr, words)
        self.assertIn(shown, done.stderr)
        self.assertNotIn(SECRET, done.stderr)
        self.assertEqual(done.stderr.count('\n'), 1, done.stderr)
        self.assertFalse([name for name in os.listdir(os.path.dirname(out)) if 'none' in name])

    # -- good servers

    def test_all_good_servers_give_the_same_frames(self):
        for name in ('a.gif', 'long.gif'):
            expected = self.expected(name)
            for how in ('plain', 'whole', 'chunked', 'ending', 'unknown', 'busy-2', 'once-100', 'once-0'):
                with self.subTest(name=name, how=how):
                    self.assertEqual(self.convert(self.web.url(f'{how}/{name}')), expected)
        self.assertEqual(self.convert(self.web.url('slow/a.gif')), self.expected())

    def test_the_mission_reads_urls(self):
        facts = self.facts(self.web.url('plain/a.gif'))
        self.assertEqual((facts['frames'], facts['format']), (40, 'gif'))
        done = subprocess.run([os.environ['READ_URL'], self.web.url('plain/a.gif')], stdout=subprocess.PIPE, text=True, env=self.environment())
        self.assertEqual(done.stdout, '40 frames, 8x6\n')
        done = subprocess.run([os.environ['READ_URL'], self.web.url('auth/a.gif', f'me:x{SECRET}@')], stderr=subprocess.PIPE, text=True,
                              env=self.environment())
        self.assertEqual((done.returncode, done.stderr), (1, self.web.url('auth/a.gif: the server answers 401 Unauthorized; expected a user '
                                                                          'and a password, as in https://USER:PASSWORD@HOST/\n')))
        local = self.path('with blank.gif')
        with open(local, 'wb') as file:
            file.write(GIF)
        self.assertEqual(self.facts('file://' + local.replace(' ', '%20'))['frames'], 40)

    def test_answers_that_are_cut_are_continued(self):
        expected = self.expected()
        for at in range(0, len(GIF), 97):
            with self.subTest(at=at):
                self.assertEqual(self.convert(self.web.url(f'once-{at}/a.gif')), expected)

    def test_tls_is_verified(self):
        ca, certificate = make_certificates(self.path(''))
        web = Web({'a.gif': GIF}, certificate)
        self.addCleanup(web.close)
        self.assertEqual(self.facts(web.url('plain/a.gif'), SSL_CERT_FILE=ca)['frames'], 40)
        self.assertEqual(self.facts(web.url('plain/a.gif'), CURL_CA_BUNDLE=ca)['frames'], 40)
        self.fails(web.url('plain/a.gif'), 'certificate')
        os.mkdir(self.path('other'))
        other_ca, certificate = make_certificates(self.path('other'), 'DNS:elsewhere.example')
        other = Web({'a.gif': GIF}, certificate)
        self.addCleanup(other.close)
        self.fails(other.url('plain/a.gif'), 'certificate', SSL_CERT_FILE=other_ca)
        web.redirects['down/a.gif'] = self.web.url('plain/a.gif')
        self.fails(web.url('down/a.gif'), 'redirects to another kind of address', SSL_CERT_FILE=ca)
        self.web.redirects['up/a.gif'] = web.url('plain/a.gif')
        self.assertEqual(self.facts(self.web.url('up/a.gif'), SSL_CERT_FILE=ca)['frames'], 40)

    def test_ftp(self):
        with open(self.path('a.gif'), 'wb') as file:
            file.write(self.web.files['long.gif'])
        ftp = Ftp(self.path(''))
        self.addCleanup(ftp.close)
        self.assertEqual(self.facts(ftp.url('a.gif'))['frames'], 4000)
        self.assertEqual(self.convert(ftp.url('a.gif')), self.expected('long.gif'))
        self.fails(ftp.url('b.gif'), 'has no such file|refuses access')
        self.fails(ftp.url('a.gif', 'me:wrong@'), 'refuses the user')

    def test_proxies_are_those_of_the_environment(self):
        proxy = self.web.url('').rstrip('/')
        self.assertEqual(self.facts('http://nowhere.invalid/plain/a.gif', http_proxy=proxy)['frames'], 40)
        self.assertEqual(self.facts(self.web.url('plain/a.gif'), http_proxy='http://127.0.0.1:9', no_proxy='127.0.0.1')['frames'], 40)
        self.fails('http://nowhere.invalid/plain/a.gif', 'resolve host')

    def test_s3_requests_are_signed(self):
        key, region, token = 'AKIAEXAMPLE', 'eu-west-3', 't0ken'
        web = Web({'bucket/a b+ü.gif': GIF, 'bucket/a%20b%2B%C3%BC.gif': GIF})
        web.secret = key, SECRET, region, None
        self.addCleanup(web.close)
        known = {'AWS_ENDPOINT_URL': web.url('').rstrip('/'), 'AWS_REGION': region, 'AWS_ACCESS_KEY_ID': key, 'AWS_SECRET_ACCESS_KEY': SECRET}
        url = 's3://bucket/a%20b+%C3%BC.gif'
        self.assertEqual(self.facts(url, **known)['frames'], 40)
        self.fails(url, '403 Forbidden; the key of AWS_ACCESS_KEY_ID', **{**known, 'AWS_SECRET_ACCESS_KEY': 'wrong'})
        self.fails(url, '403 Forbidden; the key of AWS_ACCESS_KEY_ID', **{**known, 'AWS_REGION': 'us-west-1'})
        self.fails(url, 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set',
                   **{name: known[name] for name in ('AWS_ENDPOINT_URL', 'AWS_REGION')})
        self.fails('s3://bucket/none.gif', '404 Not Found', **known)
        self.fails('s3://bucket', 'expected s3://BUCKET/KEY', **known)
        web.secret = key, SECRET, region, token
        self.assertEqual(self.facts(url, **known, AWS_SESSION_TOKEN=token)['frames'], 40)
        self.fails(url, 'has a blank or a control character', **known, AWS_SESSION_TOKEN='a\r\nX: b')

    # -- members of archives

    def test_members_of_archives_are_read(self):
        inner = zipped({'b.gif': animation(3)})
        self.web.files.update({'a.zip': zipped({'dir/b c.gif': GIF, 'a.gif': animation(2), 'in.zip': inner, 'dir.zip/b.gif': animation(7)})})
        for how in ('plain', 'whole', 'chunked', 'busy-2'):
            for name, frames in (('dir/b%20c.gif', 40), ('in.zip/b.gif', 3), ('dir.zip/b.gif', 7), ('/dir/b%20c.gif?x=/y.zip/z#f/g', 40)):
                with self.subTest(how=how, name=name):
                    self.assertEqual(self.facts(self.web.url(f'{how}/a.zip/{name}'))['frames'], frames)
        self.web.missing = 403  # as S3 without the permission to list
        facts = self.facts(self.web.url('auth/a.zip/dir/b%20c.gif', f'me:{SECRET}@'))
        self.assertEqual((facts['frames'], facts['file']), (40, self.web.url('auth/a.zip/dir/b%20c.gif')))
        done = subprocess.run([os.environ['READ_URL'], self.web.url('plain/a.zip/in.zip/b.gif')], stdout=subprocess.PIPE, text=True,
                              env=self.environment())
        self.assertEqual(done.stdout, '3 frames, 8x6\n')

    def test_a_file_is_preferred_to_a_member(self):
        self.web.files['a.zip'] = zipped({'a.gif': animation(2)})
        self.web.take()
        self.assertEqual(self.facts(self.web.url('plain/a.zip/a.gif'))['frames'], 40)
        self.assertEqual({one['path'] for one in self.web.seen}, {'plain/a.zip/a.gif'})
        self.web.redirects['loop/a.zip/b.gif'] = self.web.url('loop/a.zip/b.gif')
        for path, words in (('status-418/a.zip/a.gif', 'answers 418'), ('loop/a.zip/b.gif', 'redirects more than'), ('garbage/a.zip/a.gif', 'HTTP')):
            with self.subTest(path=path):
                self.fails(self.web.url(path), words)
                self.assertEqual(self.web.times(path.rsplit('/', 1)[0]), 0)

    def test_a_query_belongs_to_the_archive(self):
        self.web.files['a.tar.zip'] = zipped({'b.gif': GIF})
        self.web.take()
        self.assertEqual(self.facts(self.web.url(f'plain/x.tar/y/a.tar.zip/b.gif?key={SECRET}'))['frames'], 40)
        asked = [(one['path'], one['query']) for one in self.web.seen]
        self.assertEqual(asked[0], ('plain/x.tar/y/a.tar.zip/b.gif', f'key={SECRET}'))
        self.assertEqual(set(asked[1:]), {('plain/x.tar/y/a.tar.zip', f'key={SECRET}')})

    def test_missing_members_and_archives_are_named(self):
        self.web.files.update({'a.zip': zipped({'dir/b.gif': GIF, 'x.zip': zipped({'y.zip': zipped({'b.gif': GIF})})}), 'cut.zip': b'PK\3\4'})
        for name, words in {
                'a.zip/dir/c.gif': r"a\.zip has no member 'dir/c\.gif'; did you mean 'dir/b\.gif'", 'a.zip/dir/': 'has no member',
                'no.zip/b.gif': '404 Not Found', 'no.zip/no.tar/b.gif': '404 Not Found', 'a.png/b.gif': '404 Not Found', '.zip/b.gif': '404 Not Found',
                'a.zip/x.zip/y.zip/b.gif': 'in an archive in an archive', 'cut.zip/b.gif': 'cut off|[Tt]runcated', 'a.zip/dir%2': 'two hexadecimal digits'}.items():
            with self.subTest(name=name):
                self.fails(self.web.url(f'plain/{name}'), words)

    def test_members_are_read_by_ftp_and_s3(self):
        archive = zipped({'dir/b.gif': GIF})
        with open(self.path('a.zip'), 'wb') as file:
            file.write(archive)
        ftp = Ftp(self.path(''))
        self.addCleanup(ftp.close)
        self.assertEqual(self.facts(ftp.url('a.zip/dir/b.gif'))['frames'], 40)
        self.fails(ftp.url('a.zip/dir/c.gif'), 'has no member')
        self.fails(ftp.url('b.zip/dir/c.gif'), 'has no such file|refuses access')
        web = Web({'bucket/in/a.zip': archive})
        web.secret = 'AKIAEXAMPLE', SECRET, 'us-east-1', None
        self.addCleanup(web.close)
        known = {'AWS_ENDPOINT_URL': web.url('').rstrip('/'), 'AWS_ACCESS_KEY_ID': 'AKIAEXAMPLE', 'AWS_SECRET_ACCESS_KEY': SECRET}
        for web.missing in (404, 403):
            self.assertEqual(self.facts('s3://bucket/in/a.zip/dir/b.gif', **known)['frames'], 40)
        self.fails('s3://bucket/in/a.zip/c.gif', 'has no member', **known)

    def test_a_member_of_a_large_zip_costs_its_own_bytes(self):
        noise = np.random.default_rng(4).bytes(1 << 20)
        path = self.path('large.zip')
        with zipfile.ZipFile(path, 'w') as archive:  # not in memory, whose peak children inherit
            for i in range(60):
                archive.writestr(f'{i}.bin', noise)
                if i == 30:
                    archive.writestr('x/a b.gif', long_gif())
        self.web.files['large.zip'] = path
        self.web.take()
        self.assertEqual(self.facts(self.web.url('plain/large.zip/x/a%20b.gif'))['frames'], 4000)
        requests, sent = self.web.take()
        print(f'# a member of {len(long_gif())} bytes of a ZIP of {os.path.getsize(path)}: {requests} requests, {sent} bytes')
        self.assertLessEqual(requests, 8)
        self.assertLessEqual(sent, 3 * len(long_gif()) + 300000)

    # -- bad servers

    def test_bad_servers_end_in_a_clear_error(self):
        for how, words in {
                'status-404': 'the server answers 404 Not Found', 'status-410': '410 Gone', 'status-403': '403 Forbidden',
                'status-204': 'answers 204', 'status-418': 'answers 418', 'status-304': 'answers 304', 'auth': '401 Unauthorized; expected a user',
                'busy-99': '503 Service Unavailable', 'gzip': r'encoded \(gzip\)', 'headers': 'too many headers|bytes',
                'line': 'header', 'shifted': r'asked for bytes 0-65535, and answers with others',
                'unnumbered': 'does not number', 'wordy': 'does not number', 'past': 'answers with others', 'more': 'more bytes than it announced',
                'long': 'before all bytes arrived', 'garbage': 'HTTP', 'silently': '404',
        }.items():
            with self.subTest(how=how):
                self.fails(self.web.url(f'{how}/{"a" if how != "silently" else "none"}.gif'), words)

    def test_files_that_change_are_never_mixed(self):
        for how in ('changing', 'swapping', 'growing'):
            with self.subTest(how=how):
                self.fails(self.web.url(f'{how}/long.gif'), 'changed on the server')

    def test_files_that_are_cut_end_in_an_error_everywhere(self):
        expected = self.expected()
        for how in ('streamcut', 'cut'):
            for at in [*range(0, len(GIF), 331), len(GIF) - 1]:
                with self.subTest(how=how, at=at):
                    self.fails(self.web.url(f'{how}-{at}/a.gif'), 'closed|before all|broke off')
            self.assertEqual(self.convert(self.web.url(f'{how}-{len(GIF)}/a.gif')), expected)

    def test_redirects_are_bounded_and_stay_what_they_are(self):
        self.web.redirects.update({'loop': self.web.url('loop'), 'file': 'file:///etc/passwd', 'ftp': 'ftp://127.0.0.1/a.gif',
                                   'odd': 'http://', 'a/moved.gif': '/plain/a.gif', 's3': 's3://bucket/key'})
        self.fails(self.web.url('loop'), 'redirects more than 10 times')
        for name in ('file', 'ftp', 's3'):
            self.fails(self.web.url(name), 'redirects to another kind of address')
        self.fails(self.web.url('odd'), 'no proper address|answers 302')
        self.assertEqual(self.facts(self.web.url('a/moved.gif'))['frames'], 40)

    def test_an_empty_file_is_empty(self):
        for how in ('plain', 'whole'):
            self.fails(self.web.url(f'{how}/empty.gif'), 'empty')

    def test_waiting_ends_with_the_job(self):
        for how in ('stall-500', 'silent'):
            with self.subTest(how=how):
                self.fails(self.web.url(f'{how}/a.gif'), 'out of time', arguments=('--seconds', '1'))
        out = self.path('none.apng')
        process = subprocess.Popen([mim_program(), 'convert', self.web.url('silent/a.gif'), out], stderr=subprocess.PIPE,
                                   env=self.environment())
        while not self.web.times('silent/a.gif') >= 2:
            threading.Event().wait(0.05)
        process.send_signal(2)
        process.communicate(timeout=PATIENCE)
        self.assertIn(process.returncode, (-2, 130))
        self.assertFalse(os.path.exists(out))

    # -- policy and secrets

    def test_policies_forbid_schemes(self):
        config = self.path('config/mim-1')
        os.makedirs(config)
        with open(os.path.join(config, 'mim.conf'), 'w', encoding='utf-8') as file:
            file.write('[policy]\ndeny = scheme:http\n')
        self.fails(self.web.url('plain/a.gif'), r'is disabled: .*mim\.conf:2: ', XDG_CONFIG_HOME=self.path('config'))
        self.assertEqual(self.web.take(), (0, 0))

    def test_secrets_are_shown_nowhere(self):
        user = f'me:{SECRET}@'
        for command in (['info', '-v'], ['info', '--json'], ['explain'], ['explain', '--json']):
            for path in (f'auth/a.gif?key={SECRET}#{SECRET}', f'plain/none.gif?key={SECRET}', f'shifted/a.gif?{SECRET}'):
                with self.subTest(command=command, path=path):
                    done = self.ask(*command, self.web.url(path, user))
                    self.assertNotIn(SECRET, done.stdout + done.stderr)
                    self.assertEqual(done.returncode == 0, path.startswith('auth'), done.stderr)
        done = self.ask('batch', '--to', 'png', '--dir', self.path(''), self.web.url(f'auth/a.gif?key={SECRET}', user))
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        done = self.ask('convert', self.path('a.gif'), f'https://me:{SECRET}@localhost/a.gif?{SECRET}')
        self.assertNotIn(SECRET, done.stdout + done.stderr)
        self.assertRegex(done.stderr, 'only local files can be written|No such file')

    def test_a_batch_prints_each_url_once(self):
        urls = [self.web.url(f'status-{i}/a.gif?key={SECRET}', f'me:{SECRET}@') for i in (404, 410, 418, 501)]
        done = self.ask('batch', '--to', 'png', '--name', '{index}', '--jobs', '4', '--dir', self.path(''), *urls)
        self.assertEqual(sorted(done.stdout.splitlines()[:-1]), [f'✗ {self.web.url(f"status-{i}/a.gif")}: the server answers {i}{words}' for i, words in (
            (404, ' Not Found'), (410, ' Gone'), (418, ''), (501, ''))])
        self.assertEqual(done.stderr.count('127.0.0.1'), 4)

    def test_passwords_are_not_sent_to_other_hosts(self):
        other = Web({'a.gif': GIF})
        self.addCleanup(other.close)
        self.web.redirects['away/a.gif'] = other.url('plain/a.gif').replace('127.0.0.1', 'localhost')
        self.assertEqual(self.facts(self.web.url('away/a.gif', f'me:{SECRET}@'))['frames'], 40)
        self.assertTrue(other.seen)
        self.assertFalse([one for one in other.seen if 'Authorization' in one['headers']])

    # -- how much is asked for

    def test_facts_of_a_large_tiff_take_few_requests(self):
        for together in (False, True):
            with self.subTest(together=together):
                path = self.path('large.tif')
                sparse_tiff(path, together)
                self.web.files['large.tif'] = path
                self.web.take()
                facts = self.facts(self.web.url('plain/large.tif'))
                requests, sent = self.web.take()
                print(f'# facts of a TIFF of 10 GB: {requests} requests, {sent} bytes')
                self.assertEqual(facts['frames'], 4)
                self.assertLessEqual(requests, 6)
                self.assertLessEqual(sent, 1000000)
                done = self.ask('convert', '--force', '--frames', '2', self.web.url('plain/large.tif'), self.path('two.tif'))
                more, sent = self.web.take()
                print(f'# frame 2 of it: {more - requests} more requests, {sent} bytes')
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertLessEqual(more, requests + 3)
                import tifffile
                self.assertTrue((tifffile.imread(self.path('two.tif')) == 1002).all())
                os.unlink(path)

    def test_facts_of_an_mp4_take_few_requests(self):
        for flags in ('+faststart', '0'):
            with self.subTest(flags=flags):
                path = self.path('long.mp4')
                subprocess.run([tool('ffmpeg'), '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc=s=320x240:r=25', '-frames:v', '3000', '-c:v', 'mpeg4',
                                '-g', '12', '-movflags', flags, path], check=True)
                self.web.files['long.mp4'] = path
                self.web.take()
                facts = self.facts(self.web.url('plain/long.mp4'))
                requests, sent = self.web.take()
                print(f'# facts of an MP4 of {os.path.getsize(path)} bytes, index {index_size(path)}: {requests} requests, {sent} bytes')
                self.assertEqual(facts['frames'], 3000)
                self.assertLessEqual(requests, 6)
                self.assertLessEqual(sent, 1000000 + index_size(path))
                done = self.ask('convert', '--force', '--frames', '30', self.web.url('plain/long.mp4'), self.path('one.png'))
                more, sent = self.web.take()
                print(f'# frame 30 of it: {more - requests} more requests, {sent} bytes')
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertLessEqual(more, requests + 3)

    def ffmpeg(self, name, *arguments):
        """Make a video of about 5 MB, or of other videos."""
        path = self.path(name)
        source = [] if '-i' in arguments else ['-f', 'lavfi', '-i', 'testsrc2=s=192x144:r=25,noise=alls=40:allf=t', '-frames:v', '300']
        self.run_tool('ffmpeg', '-v', 'error', '-y', *source, *arguments, path)
        return path

    def far_mp4s(self):
        """Yield MP4s of 10 groups of 30 frames, with B-frames."""
        for name, arguments in {
                'front': [*X264, '-movflags', '+faststart'], 'end': [*X264, '-output_ts_offset', '3'],
                'open': [*X264, '-x264-params', 'open-gop=1'],
                'hevc': ['-c:v', 'libx265', '-preset', 'ultrafast', '-x265-params', 'log-level=none:keyint=30:min-keyint=30:open-gop=1:bframes=3:qp=26'],
                'long': [*X264, '-g', '100', '-keyint_min', '100'],  # the last frame needs more than 1 MB
                'mpeg4': ['-c:v', 'mpeg4', '-bf', '2', '-g', '30', '-q:v', '5'],
        }.items():
            yield self.ffmpeg(f'{name}.mp4', *arguments)
        yield self.ffmpeg('edited.mp4', '-ss', '1.6', '-i', self.path('end.mp4'), '-c', 'copy')  # an edit list hides the frames before

    def frame_of(self, source, number):
        """Return a frame's pixels, and the requests and bytes."""
        self.web.take()
        done = self.ask('convert', '--force', '--frames', str(number), source, self.path('one.raw'))
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(self.path('one.raw'), 'rb') as file:
            return (file.read(), *self.web.take())

    def frames_of(self, path):
        """Return the pixels of all frames, in one pass over a local file."""
        self.mim('convert', '--force', path, self.path('all.raw'))
        with open(self.path('all.raw'), 'rb') as file:
            data = file.read()
        return [data[at:at + FRAME] for at in range(0, len(data), FRAME)]

    def test_far_frames_of_an_mp4_take_few_requests(self):
        for path in self.far_mp4s():
            name, size = os.path.basename(path), os.path.getsize(path)
            frames = self.frames_of(path)
            self.web.files['far.mp4'] = path
            url = self.web.url('plain/far.mp4')
            self.web.take()
            self.assertGreaterEqual(self.facts(url)['frames'], len(frames))
            known, _ = self.web.take()
            self.assertLessEqual(known, 6)
            for number in (250, 119, 120, 121, len(frames) - 1):
                with self.subTest(name=name, frame=number):
                    frame, requests, sent = self.frame_of(url, number)
                    print(f'# frame {number} of {len(frames)} of {name}, {size} bytes: {requests - known} more requests, {sent} bytes')
                    self.assertTrue(frame == frames[number])
                    self.assertLessEqual(requests, known + 3)
                    self.assertLess(sent, size / 2)

    def test_frames_of_misleading_mp4s_are_those_of_a_pass(self):
        one, other = self.ffmpeg('one.mp4', *X264), self.ffmpeg('other.mp4', *X264, '-x264-params', 'cabac=0:ref=1')
        self.put('list.txt', f"file '{one}'\nfile '{other}'\n".encode())
        joined = self.ffmpeg('joined.mp4', '-f', 'concat', '-safe', '0', '-i', self.path('list.txt'), '-c', 'copy')
        false = self.path('false.mp4')  # every frame is a key frame
        with open(one, 'rb') as file, open(false, 'wb') as copy:
            copy.write(file.read().replace(b'stss', b'free'))
        fragmented = self.ffmpeg('fragmented.mp4', '-i', one, '-c', 'copy', '-movflags', '+frag_keyframe+empty_moov')
        for path in (joined, false, fragmented):
            frames = self.frames_of(path)
            self.web.files['far.mp4'] = path
            for number in (250, len(frames) - 31):
                with self.subTest(name=os.path.basename(path), frame=number):
                    self.assertTrue(self.frame_of(self.web.url('plain/far.mp4'), number)[0] == frames[number])

    def test_memory_stays_within_the_budget(self):
        path = self.path('large.tif')
        sparse_tiff(path, False)
        self.web.files['large.tif'] = path
        process = subprocess.Popen([mim_program(), 'info', self.web.url('plain/large.tif')], stdout=subprocess.DEVNULL,
                                   env=self.environment())
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        self.assertEqual(process.returncode, 0)
        print(f'# memory for a TIFF of 10 GB: {usage.ru_maxrss} KB')
        if not SANITIZED:
            self.assertLess(usage.ru_maxrss, 64000)


if __name__ == '__main__':
    tap.main()
