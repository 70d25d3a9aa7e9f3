# SPDX-License-Identifier: MIT
"""The gain from a second thread, compared with that of a second process."""

import concurrent.futures
import os
import tempfile

from contest import MIM, Loop, Process, amount, program, reasons, table

ONE, TWO, TWINS = 'one thread', 'two threads', 'two processes of one thread'
TURNS = 4  # multiple of the rounds of other contests


class Twins:
    """Run a contestant twice at the same time, as independent processes."""

    def __init__(self, name, contestant):
        self.name, self.contestant = name, contestant

    def answer(self):
        return None

    def measure(self):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            both = [pool.submit(self.contestant.measure) for _ in range(2)]
            return max((each.result() for each in both), key=lambda run: run.wall_ms)


def reading(path):
    def loop(name, threads):
        return Loop(name, program('loop-mim'), path, threads)
    return [loop(ONE, 1), loop(TWO, 2), Twins(TWINS, loop(TWINS, 1))]


def writing(out, *command):
    def convert(name, threads):
        return Process(name, MIM, 'convert', *command, out, '--force', '--quiet', '--threads', threads)
    return [convert(ONE, 1), convert(TWO, 2), Twins(TWINS, convert(TWINS, 1))]


def of_rgb(path, width, height):
    return ['--from', 'raw', '-i', f'width={width}', '-i', f'height={height}', '-i', 'channels=3', '-i', 'sample=u8',
            '--fps', 25, path]


def scaling(bench):
    """From one thread to two: the quickest of many turns, for two cores are not idle at any moment"""
    inputs = bench.inputs
    with tempfile.TemporaryDirectory() as folder:
        gif, tiff = os.path.join(folder, 'out.gif'), os.path.join(folder, 'out.tif')
        contests = {
            'read GIF, photographic video': reading(inputs.video_gif()),
            'read GIF, testsrc2': reading(inputs.flat_gif()),
            'read GIF, noise': reading(inputs.noise_gif()),
            'write GIF, photographic video': writing(gif, *of_rgb(inputs.video_rgb(), 640, 360)),
            'write GIF, photograph': writing(gif, *of_rgb(inputs.photo_rgb(), 640, 480)),
            'read TIFF, LZW': reading(inputs.stack('lzw')),
            'read TIFF, deflate': reading(inputs.stack('deflate')),
            'write TIFF, LZW': writing(tiff, inputs.stack('raw'), '-o', 'compression=lzw'),
            'write TIFF, deflate': writing(tiff, inputs.stack('raw'), '-o', 'compression=deflate'),
            'read WebP, 60 × 640×360': reading(inputs.video_webp()),
            'read WebP, newtonscradle': reading(inputs.real_webp()),
            'read video, h264 1080p': reading(inputs.large_video()),
        }
        results = {what: bench.contest(what, contestants, TURNS) for what, contestants in contests.items()}
    rows = []
    for what, result in results.items():
        if not result.left_out:
            one, two, twins = (min(result.times(name)) for name in (ONE, TWO, TWINS))
            rows.append([what, amount(one), amount(two), f'{one / two:.2f} ×', f'{2 * one / twins:.2f} ×'])
    return table(['Work', f'{ONE}, ms', f'{TWO}, ms', 'gain', f'gain of {TWINS}'], rows) + reasons(results)
