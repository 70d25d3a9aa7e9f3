# SPDX-License-Identifier: MIT
"""Servers on this machine, good and bad ones: HTTP with counts of requests and bytes, S3 that checks signatures, and FTP.

The first part of a path says how the server behaves, and the last which file it is: /plain/a.gif, /cut-100/a.gif.
"""

import base64
import gzip
import http.server
import os
import re
import ssl
import subprocess
import threading
import time
import urllib.parse

PAUSE = 0.05


class Web:
    """An HTTP server in threads. `files` has bytes, or paths of files for large ones; `seen` what was asked for and sent."""

    def __init__(self, files, certificate=None):
        self.files = files
        self.seen = []
        self.redirects = {}
        self.missing = 404  # the status of what is not there
        self.secret = None  # S3: (key, secret, region, token)
        self.done = threading.Event()
        web = self

        class Handler(_Handler):
            pass

        Handler.web = web
        self.server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        self.server.daemon_threads = True
        self.server.handle_error = lambda *_: None  # clients of bad servers hang up
        self.scheme = 'http'
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = 'https'
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(PAUSE,), daemon=True)
        self.thread.start()

    def url(self, path, user=''):
        return f'{self.scheme}://{user}127.0.0.1:{self.port}/{path}'

    def times(self, path):
        return sum(seen['path'] == path for seen in self.seen)

    def take(self):
        """Return the number of requests and of sent bytes since the last call."""
        seen, self.seen = self.seen, []
        return len(seen), sum(one['sent'] for one in seen)

    def close(self):
        self.done.set()
        self.server.shutdown()
        self.server.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    web = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        path = url.path.lstrip('/')
        self.note = {'path': path, 'query': url.query, 'range': self.headers.get('Range'), 'sent': 0, 'headers': dict(self.headers)}
        self.web.seen.append(self.note)
        name = path.rsplit('/', 1)[-1]
        how, _, number = path.split('/', 1)[0].partition('-')
        if path in self.web.redirects:
            return self.redirect(self.web.redirects[path])
        content = self.web.files.get(path if self.web.secret else name)
        if content is None:
            return self.refuse(self.web.missing)
        if self.web.secret:
            return self.ranged(content) if self.is_signed() else self.refuse(403)
        return getattr(self, 'like_' + how)(content, int(number or 0))

    # -- parts of answers

    def begin(self, status, fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name, str(value))
        self.end_headers()

    def send(self, data):
        self.wfile.write(data)
        self.note['sent'] += len(data)

    def refuse(self, status, **fields):
        self.begin(status, {'Content-Length': 9, **{name.replace('_', '-'): value for name, value in fields.items()}})
        self.send(b'<html>no\n')

    def redirect(self, target):
        self.begin(302, {'Location': target, 'Content-Length': 0})

    def bounds(self, size):
        found = re.fullmatch(r'bytes=(\d+)-(\d+)', self.headers.get('Range') or '')
        return (int(found[1]), min(int(found[2]), size - 1)) if found else None

    def ranged(self, content, tag='"one"', **changed):
        """Send the range that was asked for; `changed` replaces fields."""
        size = len(content) if isinstance(content, bytes) else os.path.getsize(content)
        bounds = self.bounds(size)
        if not bounds or self.headers.get('If-Range', tag) != tag:
            return self.whole(content, tag)
        first, last = bounds
        if first >= size:
            return self.refuse(416, Content_Range=f'bytes */{size}')
        fields = {'Content-Range': f'bytes {first}-{last}/{size}', 'Content-Length': last - first + 1, 'ETag': tag}
        fields.update({name.replace('_', '-'): value for name, value in changed.items()})
        self.begin(206, fields)
        self.copy(content, first, last - first + 1)

    def whole(self, content, tag='"one"'):
        size = len(content) if isinstance(content, bytes) else os.path.getsize(content)
        self.begin(200, {'Content-Length': size, 'ETag': tag})
        self.copy(content, 0, size)

    def copy(self, content, first, size):
        if isinstance(content, bytes):
            return self.send(content[first:first + size])
        with open(content, 'rb') as file:
            file.seek(first)
            while size:
                data = file.read(min(size, 65536))
                self.send(data)
                size -= len(data)

    def hang_up(self):
        self.close_connection = True

    # -- good behaviour

    def like_plain(self, content, _):
        self.ranged(content)

    def like_whole(self, content, _):
        self.whole(content)

    def like_chunked(self, content, _):
        self.begin(200, {'Transfer-Encoding': 'chunked'})
        for at in range(0, len(content), 1000):
            part = content[at:at + 1000]
            self.send(b'%x\r\n%b\r\n' % (len(part), part))
        self.send(b'0\r\n\r\n')

    def like_ending(self, content, _):
        """HTTP 1.0: the end of the connection is the end of the file."""
        self.begin(200, {'Connection': 'close'})
        self.send(content)
        self.hang_up()

    def like_slow(self, content, _):
        self.begin(200, {'Content-Length': len(content)})
        for at in range(0, len(content), 100):
            self.send(content[at:at + 100])
            time.sleep(0.01)

    def like_unknown(self, content, _):
        """Ranges of a file whose size is not stated."""
        first, last = self.bounds(len(content)) or (None, None)
        if first is None:
            return self.like_whole(content, _)
        return self.ranged(content, Content_Range=f'bytes {first}-{last}/*')

    def like_auth(self, content, _):
        wanted = 'Basic ' + base64.b64encode(b'me:s3cret').decode()
        if self.headers.get('Authorization') == wanted:
            return self.ranged(content)
        return self.refuse(401, WWW_Authenticate='Basic realm="x"')

    # -- bad behaviour, which passes

    def like_busy(self, content, number):
        if self.web.times(self.note['path']) <= number:
            return self.refuse(503, Retry_After='0')
        return self.ranged(content)

    def like_once(self, content, number):
        """The first answer is cut after some bytes."""
        return self.like_cut(content, number) if self.web.times(self.note['path']) == 1 else self.ranged(content)

    # -- bad behaviour

    def like_cut(self, content, number):
        """No byte from that one on ever arrives."""
        first, last = self.bounds(len(content)) or (0, len(content) - 1)
        if self.headers.get('Range'):
            self.begin(206, {'Content-Range': f'bytes {first}-{last}/{len(content)}', 'Content-Length': last - first + 1})
        else:
            self.begin(200, {'Content-Length': len(content)})
        self.send(content[first:max(first, min(number, last + 1))])
        self.hang_up()

    def like_streamcut(self, content, number):
        self.begin(200, {'Content-Length': len(content)})
        self.send(content[:number])
        self.hang_up()

    def like_stall(self, content, number):
        self.begin(200, {'Content-Length': len(content)})
        self.send(content[:number])
        self.web.done.wait(60)

    def like_silent(self, _, __):
        self.web.done.wait(60)
        self.hang_up()

    def like_status(self, _, number):
        self.refuse(number)

    def like_gzip(self, content, _):
        data = gzip.compress(content)
        self.begin(200, {'Content-Encoding': 'gzip', 'Content-Length': len(data)})
        self.send(data)

    def like_headers(self, content, _):
        self.send_response(200)
        for i in range(20000):
            self.send_header(f'X-{i}', 'x' * 100)
        self.end_headers()
        self.send(content)

    def like_line(self, content, _):
        self.begin(200, {'X-Long': 'x' * 3000000, 'Content-Length': len(content)})
        self.send(content)

    def like_shifted(self, content, _):
        first, last = self.bounds(len(content))
        self.ranged(content, Content_Range=f'bytes {first + 1}-{last}/{len(content)}')

    def like_unnumbered(self, content, _):
        self.begin(206, {'Content-Length': len(content)})
        self.send(content)

    def like_wordy(self, content, _):
        self.ranged(content, Content_Range='bytes ' + 'nonsense' * 30)

    def like_past(self, content, _):
        self.ranged(content, Content_Range=f'bytes 0-65535/{len(content) // 2}')

    def like_growing(self, content, _):
        """The whole has another size each time."""
        size = len(content) + self.web.times(self.note['path'])
        first, last = self.bounds(len(content))
        self.ranged(content, Content_Range=f'bytes {first}-{last}/{size}')

    def like_changing(self, content, _):
        """Another version with each request, which the server admits."""
        self.ranged(content, tag=f'"{self.web.times(self.note["path"])}"')

    def like_swapping(self, content, _):
        """The same, but it ignores If-Range."""
        del self.headers['If-Range']
        self.ranged(content, tag=f'"{self.web.times(self.note["path"])}"')

    def like_more(self, content, _):
        """More bytes than the range has."""
        first, last = self.bounds(len(content))
        self.begin(206, {'Content-Range': f'bytes {first}-{last}/{len(content)}', 'Transfer-Encoding': 'chunked'})
        data = content[first:last + 1] + b'x' * 50
        self.send(b'%x\r\n%b\r\n0\r\n\r\n' % (len(data), data))

    def like_long(self, content, _):
        """Fewer bytes than Content-Length says."""
        self.begin(200, {'Content-Length': len(content) + 50})
        self.send(content)
        self.hang_up()

    def like_garbage(self, _, __):
        self.send(b'SSH-2.0-OpenSSH_9.2\r\n' * 10)
        self.hang_up()

    # -- S3

    def is_signed(self):
        """Whether botocore signs the request in the same way."""
        from botocore.auth import S3SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials
        key, secret, region, token = self.web.secret
        said = self.headers.get('Authorization', '')
        found = re.fullmatch(r'AWS4-HMAC-SHA256 Credential=([^/]+)/(\d+)/([^/]+)/s3/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]+)', said)
        if not found or found[1] != key or found[3] != region or self.headers.get('X-Amz-Security-Token') != token:
            return False
        names = found[4].split(';')
        if not {'host', 'x-amz-date', 'x-amz-content-sha256'} <= set(names):
            return False
        request = AWSRequest('GET', self.web.url(self.path.lstrip('/')), headers={name: self.headers[name] for name in names})
        request.context['timestamp'] = self.headers['X-Amz-Date']
        request.context['payload_signing_enabled'] = False
        auth = S3SigV4Auth(Credentials(key, secret, token), 's3', region)
        return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request) == found[5]


class Ftp:
    """An FTP server of a directory, for a user and a password."""

    def __init__(self, directory, user='me', password='s3cret'):
        import logging
        from pyftpdlib.authorizers import DummyAuthorizer
        from pyftpdlib.handlers import FTPHandler
        from pyftpdlib.ioloop import IOLoop
        from pyftpdlib.servers import FTPServer
        logging.disable(logging.CRITICAL)
        authorizer = DummyAuthorizer()
        authorizer.add_user(user, password, directory)

        class Handler(FTPHandler):
            pass

        Handler.authorizer = authorizer
        self.loop = IOLoop()
        self.server = FTPServer(('127.0.0.1', 0), Handler, ioloop=self.loop)
        self.port = self.server.address[1]
        self.is_over = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.is_over:
            self.server.serve_forever(timeout=PAUSE, blocking=False)
        self.server.close_all()

    def url(self, path, user='me:s3cret@'):
        return f'ftp://{user}127.0.0.1:{self.port}/{path}'

    def close(self):
        self.is_over = True
        self.thread.join()


def make_certificates(directory, owner='IP:127.0.0.1,DNS:localhost'):
    """Make a CA, and a certificate of this machine or another owner by it. Returns the CA's path, and those of certificate and key."""
    ca, ca_key, key, request, certificate, names = (os.path.join(directory, name) for name in (
        'ca.pem', 'ca.key', 'server.key', 'server.csr', 'server.pem', 'names'))
    with open(names, 'w', encoding='utf-8') as file:
        file.write(f'subjectAltName={owner}\n')
    for arguments in (
            ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=Test CA', '-keyout', ca_key, '-out', ca],
            ['req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=localhost', '-keyout', key, '-out', request],
            ['x509', '-req', '-days', '2', '-in', request, '-CA', ca, '-CAkey', ca_key, '-CAcreateserial', '-extfile', names,
             '-out', certificate]):
        subprocess.run(['openssl', *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return ca, (certificate, key)
