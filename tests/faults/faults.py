# SPDX-License-Identifier: MIT
"""Runs mim with the shim preloaded, which makes calls fail and reports them."""

import collections
import os
import shutil
import signal
import subprocess
import tempfile
import unittest

SHIM = os.environ['MIM_FAULT_SHIM']
SEEDS = os.environ['MIM_FAULT_SEEDS']
FULL = os.environ.get('MIM_FAULTS') == 'full'
PATIENCE = 600 # seconds after which a process counts as hanging, even on a busy machine
OUTPUT_FAILED, INPUT_FAILED, NO_MEMORY, INTERRUPTED = 7, 6, 5, -signal.SIGINT

Report = collections.namedtuple('Report', 'refused calls bytes largest peak seen')
RAW_SHAPE = ['--from', 'raw', '-i', 'width=5', '-i', 'height=4', '-i', 'channels=3']


def sample(count, most):
    """Return 0..count-1, or about `most` of these spread evenly, including the first few and the last."""
    if FULL or count <= most:
        return range(count)
    step = count / most
    return sorted({*range(min(5, count)), *(int(i * step) for i in range(most)), count - 1})


class FaultCase(unittest.TestCase):
    """A test case with an empty directory, the seeds, and a home directory without configuration."""

    maxDiff = 2000

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='faults-')
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        for name in os.listdir(SEEDS):
            if name != 'README':
                shutil.copy(os.path.join(SEEDS, name), self.folder)
        self.put('samples.raw', bytes(i * 7 % 256 for i in range(180)))

    def path(self, name):
        return os.path.join(self.folder, name)

    def put(self, name, data):
        with open(self.path(name), 'wb') as file:
            file.write(data)

    def get(self, name):
        with open(self.path(name), 'rb') as file:
            return file.read()

    def environment(self, faults):
        sanitizer = os.environ.get('ASAN_OPTIONS', 'allocator_may_return_null=1')
        env = {key: value for key, value in os.environ.items() if not key.startswith('MIM_FAULT')}
        env.update(HOME='/nonexistent', XDG_CONFIG_HOME='/nonexistent', LC_ALL='C.UTF-8', LD_PRELOAD=SHIM,
                   MIM_FAULT_DIRECTORY=os.path.realpath(self.folder),
                   ASAN_OPTIONS=sanitizer + ':verify_asan_link_order=0')
        env.update({'MIM_FAULT_' + key.upper(): str(value) for key, value in faults.items() if value is not None})
        return env

    def run_mim(self, *args, **faults):
        """Run mim with these faults. Return the finished process and the shim's report, which is None if mim was killed."""
        read, write = os.pipe()
        try:
            done = subprocess.run([os.environ['MIM'], *args], env=self.environment({**faults, 'report': write}),
                                  cwd=self.folder, pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, timeout=PATIENCE)
            os.close(write)
            numbers = os.read(read, 200).split()
        finally:
            os.close(read)
        done.errors = done.stderr.decode('utf-8', 'replace')
        done.report = Report(*map(int, numbers)) if numbers else None
        return done

    def mim(self, *args, **faults):
        done = self.run_mim(*args, **faults)
        self.assertEqual(done.returncode, 0, f'mim {" ".join(args)}: {done.errors}')
        return done

    def shape(self, name):
        """Return the options that mim needs to read a file."""
        return RAW_SHAPE if name.endswith('.raw') else []

    def inputs(self, *endings):
        return sorted(name for name in os.listdir(self.folder) if name.endswith(endings))
