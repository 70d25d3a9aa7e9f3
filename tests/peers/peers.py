# SPDX-License-Identifier: MIT
"""Common parts of the comparisons: the programs, a scratch directory, and mim's output as numpy arrays."""

import functools
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

import numpy as np

MAGICK = ('convert', 'identify')
PATIENCE = 600 # seconds after which a process counts as hanging, even on a busy machine
DTYPES = {
    'u8': np.uint8, 'u16': np.uint16, 'u32': np.uint32, 'u64': np.uint64,
    'i8': np.int8, 'i16': np.int16, 'i32': np.int32, 'i64': np.int64,
    'f32': np.float32, 'f64': np.float64,
}
SANITIZED = os.environ.get('MIM_SANITIZED') == 'yes'  # sanitizers need more memory and time
NAMES = {np.dtype(dtype): name for name, dtype in DTYPES.items()}


@functools.lru_cache(maxsize=None)
def tool(name):
    """Return the path of a program. If it is missing, the case fails and is not skipped."""
    for folder in ['/usr/bin'] + os.environ.get('PATH', '').split(os.pathsep):
        path = os.path.join(folder, name)
        if os.access(path, os.X_OK) and not os.path.isdir(path) and _genuine(name, path):
            return path
    raise AssertionError(f'the peer program "{name}" is not installed')


def _genuine(name, path):
    """Return whether this is ImageMagick's program, not another one or a script of the same name."""
    if name not in MAGICK:
        return True
    with open(path, 'rb') as program:
        if program.read(4) != b'\x7fELF':
            return False
    done = subprocess.run([path, '-version'], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return b'ImageMagick' in done.stdout


@functools.lru_cache(maxsize=None)
def ffmpeg_version():
    """(major, minor), as the ffmpeg command says."""
    said = subprocess.run([tool('ffmpeg'), '-version'], stdout=subprocess.PIPE, text=True).stdout
    return tuple(map(int, re.match(r'ffmpeg version n?(\d+)\.(\d+)', said).groups()))


def wait_until_loaded(process, module):
    """Wait until mim has loaded a plugin, which is after it catches signals."""
    end = time.monotonic() + PATIENCE
    while True:
        with open(f'/proc/{process.pid}/maps', encoding='utf-8') as maps:
            if f'/{module}.so' in maps.read():
                return
        if process.poll() is not None or time.monotonic() > end:
            raise AssertionError(f'mim did not load {module}, exit {process.poll()}')
        time.sleep(0.01)


def mim_program():
    path = os.environ.get('MIM')
    if not path or not os.access(path, os.X_OK):
        raise AssertionError('MIM must name the mim executable')
    return path


def plugin_directories():
    """Return {plugin: directory} for the plugins in MIM_PLUGIN_PATH."""
    found = {}
    for folder in os.environ.get('MIM_PLUGIN_PATH', '').split(':'):
        for name in sorted(os.listdir(folder)) if os.path.isdir(folder) else []:
            if name.endswith('.ini') and os.path.exists(os.path.join(folder, name[:-4] + '.so')):
                found.setdefault(name[:-4], folder)
    return found


def mean_error_db(one, other):
    """Return the PSNR of 8-bit pictures in dB."""
    error = np.mean((np.asarray(one, np.float64) - np.asarray(other, np.float64)) ** 2)
    return np.inf if error == 0 else 10 * np.log10(255.0 ** 2 / error)


class PeerCase(unittest.TestCase):
    """A test case with an empty directory, `self.folder`, and a home directory without configuration."""

    maxDiff = 2000

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='peers-', dir=os.environ.get('MIM_TEST_SCRATCH'))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, data):
        path = self.path(name)
        with open(path, 'wb') as out:
            out.write(data)
        return path

    def get(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    def keep_only(self, *names):
        """Remove all other files that an earlier part of the case left."""
        for name in set(os.listdir(self.folder)) - set(names):
            os.unlink(self.path(name))

    def assertPeakBelow(self, peak, limit, message=None):
        if not SANITIZED:
            self.assertLess(peak, limit, message)

    def environment(self, **more):
        env = {key: value for key, value in os.environ.items() if not key.startswith('XDG_')}
        env.update({'HOME': '/nonexistent', 'XDG_CONFIG_HOME': '/nonexistent', 'LC_ALL': 'C.UTF-8', 'NO_COLOR': '1',
                    'COLUMNS': '1000'})  # each row of a table on one line
        env.update(more)
        return {key: value for key, value in env.items() if value is not None}

    def traceable(self):
        """An environment without the leak checker, which does not work under strace."""
        return self.environment(ASAN_OPTIONS=os.environ.get('ASAN_OPTIONS', '') + ':detect_leaks=0')

    def run_tool(self, *args, data=None, ok=True, env=None):
        """Run another program and return its standard output. Fails with its messages unless `ok` is false."""
        args = [tool(args[0])] + [str(arg) for arg in args[1:]]
        done = subprocess.run(args, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE, env=env,
                              stdin=subprocess.DEVNULL if data is None else None)
        if ok and done.returncode != 0:
            self.fail(f'{" ".join(args)} failed: {done.stderr.decode(errors="replace")[-800:]}')
        return done.stdout

    def run_mim(self, *args, data=None, env=None, **more):
        """Run mim with any exit status. `env` adds to the environment; None removes a variable."""
        if data is not None:
            more['input'] = data
        elif 'stdin' not in more:
            more['stdin'] = subprocess.DEVNULL
        more.setdefault('stdout', subprocess.PIPE)
        more.setdefault('stderr', subprocess.PIPE)
        return subprocess.run([mim_program()] + [str(arg) for arg in args], timeout=PATIENCE,
                              env=self.environment(**(env or {})), **more)

    def mim(self, *args, **more):
        """Run mim, which must succeed, and return its standard output."""
        done = self.run_mim(*args, **more)
        if done.returncode != 0:
            self.fail(f'mim {" ".join(map(str, args))}: exit {done.returncode}: {text(done.stderr)[-800:]}')
        return done.stdout

    def refuse(self, code, *args, **more):
        """Run mim, which must exit with `code`, and return its standard error. Fails if a signal killed it."""
        done = self.run_mim(*args, **more)
        printed = text(done.stderr)
        if done.returncode < 0:
            killer = signal.Signals(-done.returncode).name
            self.fail(f'mim {" ".join(map(str, args))}: killed by {killer}: {printed[-800:]}')
        self.assertEqual(done.returncode, code, f'mim {" ".join(map(str, args))}: {printed[-800:]}')
        self.assertTrue(printed.strip(), f'mim {" ".join(map(str, args))}: nothing on standard error')
        return printed

    def info(self, path, *args, **more):
        """Return the output of `mim info --json --each` for a file, as a dict."""
        answer = json.loads(self.mim('info', '--json', '--each', *args, path, **more))
        self.assertEqual(len(answer), 1)
        return answer[0]

    def pixels(self, path, *args, **more):
        """Return all frames of a file as arrays (height, width, channels). `args` are options of info and convert."""
        info = self.info(path, *args, **more)
        raw = self.mim('convert', *args, path, '-', '--to', 'raw', **more)
        frames, at = [], 0
        for facts in info['each']:
            dtype = np.dtype(DTYPES[facts['sample']])
            shape = facts['height'], facts['width'], facts['channels']
            size = int(np.prod(shape)) * dtype.itemsize
            self.assertLessEqual(at + size, len(raw), f'{path}: fewer samples than mim info says')
            frames.append(np.frombuffer(raw, dtype, int(np.prod(shape)), at).reshape(shape))
            at += size
        self.assertEqual(at, len(raw), f'{path}: more samples than mim info says')
        return frames

    def raw_input(self, frames, name='in.raw'):
        """Write arrays (h, w[, c]) of equal shape as packed samples, and return the arguments for mim to read them."""
        block = np.stack([frame if frame.ndim == 3 else frame[..., None] for frame in map(np.asarray, frames)])
        path = self.put(name, np.ascontiguousarray(block).tobytes())
        _, height, width, channels = block.shape
        options = {'width': width, 'height': height, 'channels': channels, 'sample': NAMES[block.dtype]}
        return ['--from', 'raw', *[word for key, value in options.items() for word in ('-i', f'{key}={value}')], path]

    def assertSame(self, got, expected, message=''):
        """Compare the type, shape and bytes of two arrays, and report the first difference."""
        got, expected = np.asarray(got), np.asarray(expected)
        self.assertEqual((got.dtype, got.shape), (expected.dtype, expected.shape), message)
        if got.tobytes() == expected.tobytes():
            return
        differ = np.argwhere((got != expected) & ~((got != got) & (expected != expected)))
        if len(differ):
            at = tuple(differ[0])
            self.fail(f'{message}: {len(differ)} of {got.size} samples differ, first at {at}: '
                      f'{got[at]} instead of {expected[at]}')
        self.fail(f'{message}: bytes differ (signed zeros or NaNs)')

    def assertSameFrames(self, got, expected, message=''):
        self.assertEqual(len(got), len(expected), f'{message}: number of frames')
        for i, (one, other) in enumerate(zip(got, expected)):
            self.assertSame(one, other, f'{message} frame {i}')

    def assertNothingBeside(self, *allowed):
        """Check that the scratch directory has these files and no others, such as temporary files."""
        self.assertEqual(sorted(os.listdir(self.folder)), sorted(allowed))


def text(data):
    return data.decode('utf-8', errors='replace')
