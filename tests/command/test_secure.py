#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A command with raised privileges reads no URLs."""

import http.server
import os
import shutil
import stat
import threading
import unittest

import tap
from command import CommandCase, text

NOBODY = 65534
SANITIZED = os.environ['MIM_SANITIZED'] == 'yes'  # the leak checker, which may not trace such a program, ends it with its own message


def why_not(path):
    """Return why a program there gets no privileges of its owner or group, or None."""
    with open('/proc/self/status', encoding='utf-8') as status:
        if 'NoNewPrivs:\t1' in status.read():
            return 'new privileges are forbidden here'
    return 'the file system is mounted nosuid' if os.statvfs(path).f_flag & os.ST_NOSUID else None


def raise_privileges(program):
    """Let it run as another user, or as another group of ours. Returns whether there is one."""
    groups = [group for group in os.getgroups() if group != os.getgid()]
    if os.getuid() == 0:
        os.chown(program, NOBODY, -1)
        os.chmod(program, 0o755 | stat.S_ISUID)
    elif groups:
        os.chown(program, -1, groups[0])
        os.chmod(program, 0o755 | stat.S_ISGID)
    return os.getuid() == 0 or bool(groups)


class Secure(CommandCase):
    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)
        self.asked = asked = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                asked.append(self.path)
                self.send_error(404)

        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.url = f'http://127.0.0.1:{server.server_address[1]}/'

    def test_raised_privileges_forbid_all_schemes(self):
        program = shutil.copy(os.environ['MIM_WHOLE'], self.path('mim'))
        urls = [self.url + 'a.gif', self.url + 'a.zip/a.gif', 'https://127.0.0.1:9/a.gif', 'ftp://127.0.0.1:9/a.gif', 's3://bucket/a.gif', 'unknown://a']
        for url in urls:
            self.assertNotIn('raised privileges', text(self.run_mim('info', url, program=program).stderr))
        reason = why_not(self.folder)
        if reason or not raise_privileges(program):
            self.skipTest(reason or 'there is no other user or group to run as')
        self.asked.clear()
        for url in urls:
            with self.subTest(url=url):
                done = self.run_mim('info', url, program=program)
                first, _, rest = text(done.stderr).partition('\n')
                self.assertEqual(first, f'mim: {url}: programs with raised privileges read local files only')
                if not SANITIZED:
                    self.assertEqual((done.returncode, rest), (4, ''))
        self.assertFalse(self.asked)
        done = self.run_mim('info', self.put('a.gif', b'GIF89a'), program=program)
        self.assertNotIn('raised privileges', text(done.stderr))


if __name__ == '__main__':
    tap.main()
