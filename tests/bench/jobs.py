# SPDX-License-Identifier: MIT
"""The contests. Each is a function of the inputs and a bench (rounds, clock) that returns lines of Markdown.

The docstring of a contest is its heading.
"""

import functools
import itertools
import json
import os
import re
import tempfile

import numpy as np

from contest import (MIM, PYTHON, Loop, Process, Results, Unfit, alike, amount, cell, digest, program, reasons, run, say,
                     table, times_table)
from scaling import scaling

ONE, TWO = 'libmim, 1 thread', 'libmim, 2 threads'
MIM_ONE, MIM_TWO = 'mim, 1 thread', 'mim, 2 threads'
FFMPEG = ['ffmpeg', '-v', 'error', '-nostdin', '-threads', 2]


class Bench:
    def __init__(self, inputs, rounds, clock):
        self.inputs, self.rounds, self.clock = inputs, rounds, clock

    def contest(self, column, contestants, times=1, **more):
        say(f'  {column}')
        return Results(contestants, self.rounds * times, self.clock, **more)


def facts(path):
    return json.loads(run(MIM, 'info', '--json', path))[0]


def mim_to_raw(path, threads):
    return [MIM, 'convert', path, '-', '--to', 'raw', '--quiet', '--threads', threads]


# GIF

def gif_columns(inputs):
    return {'photographic video, 200 × 640×360': inputs.video_gif(), 'testsrc2, 200 × 640×480': inputs.flat_gif(),
            'mandelbrot, 60 × 640×480': inputs.gradient_gif(), 'noise, 60 × 640×480': inputs.noise_gif(),
            'newtonscradle, 36 × 200×150': inputs.real_gif()}


def gif_decode(bench):
    """GIF, all frames composed one by one in memory, without the start of a process"""
    def contestants(path):
        return [Loop(ONE, program('loop-mim'), path, 1), Loop(TWO, program('loop-mim'), path, 2),
                Loop('libmim as RGBA, 1 thread', program('loop-mim'), path, 1, 4),
                Loop('a plain libavcodec loop (BGRA), 1 thread', program('loop-avcodec-gif'), path),
                Loop('a plain giflib loop (RGBA)', program('loop-giflib'), path)]
    results = {column: bench.contest(column, contestants(path)) for column, path in gif_columns(bench.inputs).items()}
    return times_table('GIF to memory', results, ONE)


def unoptimized(path):
    """Return the sum of the frames written by gifsicle --unoptimize."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, 'out.gif')
        run('gifsicle', '--no-warnings', '--unoptimize', path, '-o', out)
        return tuple(run(program('loop-giflib'), out).decode().split()[:2])


def gif_commands(bench):
    """GIF, whole programs that throw the composed pixels away"""
    def contestants(path):
        known = facts(path)
        width, height, channels = known['width'], known['height'], known['channels']

        def shown(layout, samples, command):
            return lambda: digest(command, layout, width * samples, height)

        mim = shown('rgb' if channels == 3 else 'rgba', channels, mim_to_raw(path, 1))
        ffmpeg = [*FFMPEG, '-i', path, '-fps_mode', 'passthrough', '-pix_fmt', 'bgra', '-f', 'rawvideo', '-']
        magick = ['/usr/bin/convert', path, '-coalesce', '-depth', 8]
        return [Process(MIM_ONE, *mim_to_raw(path, 1), check=mim), Process(MIM_TWO, *mim_to_raw(path, 2)),
                Process('ffmpeg (libavcodec), to rawvideo', *ffmpeg, check=shown('bgra', 4, ffmpeg)),
                Process('Pillow, every frame as RGBA', *PYTHON, 'pillow-gif', path,
                        check=shown('rgba', 4, [*PYTHON, 'pillow-gif', path, '-'])),
                Process('ImageMagick -coalesce, to rgba:', *magick, 'rgba:-',
                        check=shown('rgba', 4, [*magick, 'rgba:-'])),
                Process('gifsicle --unoptimize (composes and packs a GIF again)', 'gifsicle', '--no-warnings',
                        '--unoptimize', path, check=lambda: unoptimized(path))]
    results = {column: bench.contest(column, contestants(path)) for column, path in gif_columns(bench.inputs).items()}
    return times_table('GIF, whole program', results, MIM_ONE)


def psnr(gif, source):
    """Return the PSNR of all frames in dB, as decoded by ffmpeg."""
    packed = run(*FFMPEG, '-i', gif, '-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-')
    got = np.frombuffer(packed, np.uint8)
    expected = np.fromfile(source, np.uint8)
    if got.size != expected.size:
        raise Unfit(f'{got.size} samples instead of {expected.size}')
    frames = zip(np.array_split(got, 30), np.array_split(expected, 30))
    error = sum(np.sum((one.astype(np.int32) - two) ** 2, dtype=np.int64) for one, two in frames) / got.size
    return 10 * np.log10(255 ** 2 / error)


def gif_write(bench):
    """GIF writing, packed RGB frames to a file with palettes of 256; PSNR of all frames as ffmpeg reads them"""
    lines = []
    for column, source, width, height in [('photographic video, 30 × 640×360', bench.inputs.video_rgb(), 640, 360),
                                          ('photograph, moving, 30 × 640×480', bench.inputs.photo_rgb(), 640, 480)]:
        with tempfile.TemporaryDirectory() as folder:
            outs, rows = {}, []

            def to(name, *command, out='{}', outs=outs, folder=folder):
                outs[name] = os.path.join(folder, f'{len(outs)}.gif')
                return Process(name, *[outs[name] if word == out else word for word in command])

            shape = ['-i', f'width={width}', '-i', f'height={height}', '-i', 'channels=3', '-i', 'sample=u8']
            mim = [MIM, 'convert', '--from', 'raw', *shape, source, '{}', '--force', '--quiet', '--fps', 25,
                   '--threads']
            video = [*FFMPEG, '-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{width}x{height}', '-r', 25, '-i',
                     source]
            best = 'split[a][b];[a]palettegen=stats_mode=single[p];[b][p]paletteuse=new=1:dither=none'
            results = bench.contest(column, [
                to(MIM_ONE, *mim, 1), to(MIM_TWO, *mim, 2),
                to('Pillow', *PYTHON, 'pillow-write', source, '{}', width, height),
                to('ffmpeg, a palette per frame, no dither', *video, '-lavfi', best, '{}'),
                to('ffmpeg, as it is', *video, '{}'),
                to('ImageMagick +dither', '/usr/bin/convert', '-size', f'{width}x{height}', '-depth', 8,
                   f'rgb:{source}', '+dither', '-delay', 4, '{}')])
            for name in list(results.runs):
                try:
                    decibels = psnr(outs[name], source)
                except Unfit as trouble:
                    results.leave_out(name, trouble)
                else:
                    size = os.path.getsize(outs[name]) / 1e6
                    rows.append([name, cell(results, name, MIM_ONE), f'{decibels:.1f}', f'{size:.2f}'])
            lines += table([column, 'ms', 'dB', 'MB'], rows) + reasons({column: results}) + ['']
    return lines[:-1]


# TIFF

KINDS = {'raw': 'raw', 'lzw': 'LZW, predictor', 'deflate': 'deflate, predictor', 'packbits': 'PackBits',
         'tiles': 'deflate, predictor, tiles'}


def tiff_decode(bench):
    """TIFF, 200 pages of 512×512 u16 page by page into one buffer, without the start of a process"""
    def contestants(path):
        in_place = [Loop('libmim in place', program('loop-mim'), path, 1, 0, 1)] if path == bench.inputs.stack('raw') else []
        return [Loop(ONE, program('loop-mim'), path, 1), Loop(TWO, program('loop-mim'), path, 2), *in_place,
                Loop('a plain libtiff loop', program('loop-libtiff'), path)]
    columns = {column: bench.inputs.stack(kind) for kind, column in KINDS.items()}
    columns['1000 pages of 16×16'] = bench.inputs.tiny_pages()
    results = {column: bench.contest(column, contestants(path)) for column, path in columns.items()}
    return times_table('TIFF to memory', results, ONE)


def tiff_commands(bench):
    """TIFF, whole programs that throw the same pages' pixels away"""
    def contestants(path):
        def shown(command):
            return lambda: digest(command, 'plain', 1024, 512)
        return [Process(MIM_ONE, *mim_to_raw(path, 1), check=shown(mim_to_raw(path, 1))),
                Process(MIM_TWO, *mim_to_raw(path, 2)),
                Process('tifffile', *PYTHON, 'tifffile', path, check=shown([*PYTHON, 'tifffile', path, '-'])),
                Process('Pillow', *PYTHON, 'pillow-tiff', path, check=shown([*PYTHON, 'pillow-tiff', path, '-']))]
    results = {column: bench.contest(column, contestants(bench.inputs.stack(kind))) for kind, column in KINDS.items()}
    return times_table('TIFF, whole program', results, MIM_ONE)


# video

def video_columns(inputs):
    return {'h264, 120 × 1920×1080': inputs.large_video(), 'h264, 280 × 640×360': inputs.small_video(),
            'mpeg4, 280 × 640×360': inputs.old_video()}


def video_decode(bench):
    """Video, all frames as RGB one by one in memory, without the start of a process"""
    def contestants(path):
        return [Loop(ONE, program('loop-mim'), path, 1), Loop(TWO, program('loop-mim'), path, 2),
                Loop("FFmpeg's libraries, decode and swscale, 1 thread", program('loop-ffmpeg'), path, 1),
                Loop("FFmpeg's libraries, decode and swscale, 2 threads", program('loop-ffmpeg'), path, 2)]
    results = {column: bench.contest(column, contestants(path), same=alike)
               for column, path in video_columns(bench.inputs).items()}
    return times_table('Video to memory', results, ONE)


def order(bench):
    """Frames in any order, one by one in memory, on one thread: times, and ratios to the first line"""
    def contest(what, first, others, path, *more):
        def loop(name, order):
            return Loop(name, program('loop-order'), path, order, 1, *more)
        return bench.contest(what, [loop(first, first)] + [loop(name, name) for name in others])
    inputs = bench.inputs
    files = {'GIF, 600 × 640×360': inputs.long_gif(), 'APNG, 600 × 640×360': inputs.long_apng(),
             'h264, 600 × 640×360, groups of 250': inputs.grouped_video()}
    all_frames = {what: contest(what, 'forwards', ['backwards', 'back'], path) for what, path in files.items()}
    large = 'h264, 250 × 1920×1080, one group, 64 MB'
    all_frames[large] = contest(large, 'forwards', ['backwards'], inputs.grouped_large_video(), 64000000)
    ends = {what: contest(what, 'sorted', ['ends'], path) for what, path in files.items()}
    return (times_table('All frames', all_frames, 'forwards') + [''] +
            times_table('40 frames from both ends', ends, 'sorted'))


def video_commands(bench):
    """Video, whole programs that throw the same RGB frames away"""
    def contestants(path):
        known = facts(path)

        def shown(command):
            return lambda: digest(command, 'rgb', known['width'] * 3, known['height'])

        ffmpeg = [*FFMPEG, '-i', path, '-fps_mode', 'passthrough', '-pix_fmt', 'rgb24', '-f', 'rawvideo', '-']
        return [Process(MIM_TWO, *mim_to_raw(path, 2), check=shown(mim_to_raw(path, 2))),
                Process(MIM_ONE, *mim_to_raw(path, 1)),
                Process('ffmpeg, to rawvideo', *ffmpeg, check=shown(ffmpeg)),
                Process('PyAV', *PYTHON, 'pyav', path, check=shown([*PYTHON, 'pyav', path, '-'])),
                Process('OpenCV', *PYTHON, 'opencv', path)]
    results = {column: bench.contest(column, contestants(path), same=alike)
               for column, path in video_columns(bench.inputs).items()}
    return times_table('Video, whole program', results, MIM_TWO)


def video_write(bench):
    """Video writing, whole programs: packed RGB frames, and a GIF, to H.264 in MP4 with all defaults; MB of what they made"""
    lines = []
    gif = bench.inputs.flat_gif()
    raw = [(f'{what}, 30 × {width}×{height}', source, width, height)
           for what, source, width, height in (('photographic video', bench.inputs.video_rgb(), 640, 360),
                                               ('photograph, moving', bench.inputs.photo_rgb(), 640, 480))]
    for column, source, width, height in [*raw, ('GIF, testsrc2, 200 × 640×480', gif, 640, 480)]:
        with tempfile.TemporaryDirectory() as folder:
            outs = {}

            def to(name, *command, outs=outs, folder=folder):
                outs[name] = os.path.join(folder, f'{len(outs)}.mp4')
                return Process(name, *[outs[name] if word == '{}' else word for word in command])

            shape, layout = [], []
            if source != gif:
                shape = ['--from', 'raw', *[word for pair in (f'width={width}', f'height={height}', 'channels=3', 'sample=u8')
                                            for word in ('-i', pair)], '--fps', 25]
                layout = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{width}x{height}', '-r', 25]
            mim = [MIM, 'convert', *shape, source, '{}', '--force', '--quiet', '--threads']
            contestants = [to(MIM_TWO, *mim, 2), to(MIM_ONE, *mim, 1),
                           to('ffmpeg', *FFMPEG, '-y', *layout, '-i', source, '-pix_fmt', 'yuv420p', '-movflags', '+faststart', '{}')]
            if source != gif:
                contestants += [to(f"FFmpeg's libraries, swscale and libx264, {threads} thread{'s' * (threads > 1)}",
                                   program('write-ffmpeg'), source, width, height, '{}', threads) for threads in (1, 2)]
            results = bench.contest(column, contestants)
            rows = [[name, cell(results, name, MIM_TWO), f'{os.path.getsize(outs[name]) / 1e6:.2f}'] for name in results.runs]
            lines += table([column, 'ms', 'MB'], rows) + reasons({column: results}) + ['']
    return lines[:-1]


def tiff_write(bench):
    """TIFF writing, whole programs that write the pages of an uncompressed TIFF anew; MB of what they made"""
    codecs = {'LZW, predictor': ('lzw', 'lzw:2'), 'deflate, predictor': ('deflate', 'zip:2'),
              'PackBits': ('packbits', 'packbits'), 'uncompressed': ('none', 'none')}
    sources = {'200 × 512×512 u16': bench.inputs.stack('raw'), '30 × 640×480 RGB': bench.inputs.photo_stack()}
    lines = []
    for (what, source), (codec, (name, libtiff)) in itertools.product(sources.items(), codecs.items()):
        with tempfile.TemporaryDirectory() as folder:
            outs = {}

            def to(who, *command, outs=outs, folder=folder):
                out = outs[who] = os.path.join(folder, f'{len(outs)}.tif')
                words = [out if word == '{}' else word for word in command]

                def check():
                    run(*words)
                    return tuple(run(program('loop-libtiff'), out).decode().split()[:2])
                return Process(who, *words, check=check)

            mim = [MIM, 'convert', source, '{}', '-o', f'compression={name}', '--force', '--quiet', '--threads']
            column = f'{what}, {codec}'
            results = bench.contest(column, [
                to(MIM_ONE, *mim, 1), to(MIM_TWO, *mim, 2), to('tiffcp', 'tiffcp', '-c', libtiff, source, '{}'),
                to('Pillow', *PYTHON, 'pillow-tiff-write', source, '{}', name),
                to('tifffile', *PYTHON, 'tifffile-write', source, '{}', name)])
            rows = [[who, cell(results, who, MIM_ONE), f'{os.path.getsize(outs[who]) / 1e6:.2f}']
                    for who in results.runs]
            lines += table([column, 'ms', 'MB'], rows) + reasons({column: results}) + ['']
    return lines[:-1]


# numbered files: PNG, JPEG

def files_of(folder, name):
    return [os.path.join(folder, file) for file in os.listdir(folder) if file.startswith(name + '_')]


def files_table(bench, column, extension, commands, judge, unit=None):
    """Run {contestant: command}, with {} for the pattern of the files, which `judge` gets; it returns a figure if there is a unit."""
    with tempfile.TemporaryDirectory() as folder:
        outs = {who: os.path.join(folder, f'{i}_%03d.{extension}') for i, who in enumerate(commands)}
        results = bench.contest(column, [Process(who, *[outs[who] if word == '{}' else word for word in command])
                                         for who, command in commands.items()])
        rows = []
        for i, who in enumerate(commands):
            try:
                figure = judge(outs[who]) if who in results.runs else None
            except Unfit as trouble:
                results.leave_out(who, trouble)
            if who in results.runs:
                size = sum(map(os.path.getsize, files_of(folder, str(i)))) / 1e6
                rows.append([who, cell(results, who, MIM_ONE), *([f'{figure:.1f}'] if unit else []), f'{size:.2f}'])
        return table([column, 'ms', *([unit] if unit else []), 'MB'], rows) + reasons({column: results})


def exactly(layout, expected):
    """Make a judge of files that ffmpeg must read as these samples."""
    def judge(pattern):
        packed = run(*FFMPEG, '-i', pattern, '-f', 'rawvideo', '-pix_fmt', layout, '-')
        if np.frombuffer(packed, np.uint8).tobytes() != expected:
            raise Unfit('the files hold other samples')
    return judge


def rgb_columns(inputs):
    return [('photographic video, 30 × 640×360', inputs.video_rgb(), 640, 360),
            ('photograph, moving, 30 × 640×480', inputs.photo_rgb(), 640, 480),
            ('testsrc2, 30 × 640×480', inputs.flat_rgb(), 640, 480)]


def rgb_to_files(source, width, height, *options):
    """Commands of mim, Pillow and ffmpeg; `options` are ffmpeg's."""
    shape = ['-i', f'width={width}', '-i', f'height={height}', '-i', 'channels=3', '-i', 'sample=u8']
    mim = [MIM, 'convert', '--from', 'raw', *shape, source, '{}', '--force', '--quiet', '--threads']
    ffmpeg = ['-y', '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', f'{width}x{height}', '-i', source, *options]
    return {MIM_ONE: [*mim, 1], MIM_TWO: [*mim, 2], 'Pillow': [*PYTHON, 'pillow-write-files', source, '{}', width, height],
            'ffmpeg, 1 thread': [*FFMPEG[:-1], 1, *ffmpeg, '-threads', 1, '{}'],
            'ffmpeg, 2 threads': [*FFMPEG, *ffmpeg, '-threads', 2, '{}']}


def png_read(bench):
    """PNG reading, 20 photographs of 1920×1080 RGB, whole programs that throw the pixels away"""
    def contestants(path, job):
        channels = facts(path)['channels']
        layout = 'rgb' if channels == 3 else 'rgba'

        def shown(command):
            return lambda: digest(command, layout, 1920 * channels, 1080)

        ffmpeg = [*FFMPEG[:-1], 1, '-i', path, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt',
                  'rgb24' if channels == 3 else 'rgba', '-']
        return [Process(MIM_ONE, *mim_to_raw(path, 1), check=shown(mim_to_raw(path, 1))),
                Process(MIM_TWO, *mim_to_raw(path, 2)), Process('ffmpeg, 1 thread', *ffmpeg, check=shown(ffmpeg)),
                Process('Pillow', *PYTHON, job, path, check=shown([*PYTHON, job, path, '-']))]
    columns = {'files by Pillow': contestants(bench.inputs.photo_files(), 'pillow-files'),
               'APNG by ffmpeg': contestants(bench.inputs.photo_animation(), 'pillow-animation')}
    results = {column: bench.contest(column, who) for column, who in columns.items()}
    return times_table('PNG, whole program', results, MIM_ONE)


def png_write(bench):
    """PNG writing, packed RGB frames to numbered files; as ffmpeg reads them they are exact"""
    lines = []
    for column, source, width, height in rgb_columns(bench.inputs):
        with open(source, 'rb') as packed:
            lines += files_table(bench, column, 'png', rgb_to_files(source, width, height), exactly('rgb24', packed.read())) + ['']
    return lines[:-1]


def tiff_to_png(bench):
    """TIFF, 100 pages of 512×512 u16, to numbered PNG files; as ffmpeg reads them they are exact"""
    source = bench.inputs.stack('raw')
    mim = [MIM, 'convert', source, '{}', '--frames', '0:100', '--force', '--quiet', '--threads']
    commands = {MIM_ONE: [*mim, 1], MIM_TWO: [*mim, 2], 'imageio': [*PYTHON, 'imageio-png', source, '{}', 100]}
    expected = run(MIM, 'convert', source, '-', '--to', 'raw', '--frames', '0:100', '--quiet')
    return files_table(bench, '100 × 512×512 u16', 'png', commands, exactly('gray16le', expected))


# JPEG and WebP

def jpeg_read(bench):
    """JPEG reading, whole programs that throw the pixels away"""
    def contestants(path, job, row):
        def shown(command):
            return lambda: digest(command, 'rgb', row * 3, 1080 if row == 1920 else 4320)
        ffmpeg = [*FFMPEG[:-1], 1, '-i', path, '-f', 'rawvideo', '-pix_fmt', 'rgb24', '-']
        return [Process(MIM_ONE, *mim_to_raw(path, 1), check=shown(mim_to_raw(path, 1))),
                Process(MIM_TWO, *mim_to_raw(path, 2)), Process('ffmpeg, 1 thread', *ffmpeg),
                Process('Pillow', *PYTHON, job, path, check=shown([*PYTHON, job, path, '-']))]
    columns = {'20 photographs of 1920×1080': contestants(bench.inputs.photo_jpegs(), 'pillow-files', 1920),
               '7680×4320, with restarts': contestants(bench.inputs.large_jpeg(), 'pillow-animation', 7680)}
    results = {column: bench.contest(column, who) for column, who in columns.items()}
    return times_table('JPEG, whole program', results, MIM_ONE)


def jpeg_write(bench):
    """JPEG writing, packed RGB frames to numbered files of quality 90 without subsampling; PSNR as ffmpeg reads them"""
    lines = []
    for column, source, width, height in rgb_columns(bench.inputs):
        commands = rgb_to_files(source, width, height, '-pix_fmt', 'yuvj444p', '-q:v', 3)
        lines += files_table(bench, column, 'jpg', commands, functools.partial(psnr, source=source), 'dB') + ['']
    return lines[:-1]


def webp_read(bench):
    """WebP reading, whole programs that throw the pixels away"""
    def contestants(path, job):
        def shown(command):  # Pillow adds alpha to animations
            return (lambda: digest(command, 'rgb', 1920 * 3, 1080)) if '%' in path else None
        dwebp = 'for i in $(seq -f %03g 0 19); do dwebp -quiet "${0%_*}_$i.webp" -ppm -o /dev/null || exit 1; done'
        one_by_one = [Process('dwebp', 'sh', '-c', dwebp, path)] if '%' in path else []
        return [Process(MIM_ONE, *mim_to_raw(path, 1), check=shown(mim_to_raw(path, 1))), Process(MIM_TWO, *mim_to_raw(path, 2)),
                *one_by_one, Process('Pillow', *PYTHON, job, path, check=shown([*PYTHON, job, path, '-']))]
    columns = {'20 photographs of 1920×1080': contestants(bench.inputs.photo_webps(), 'pillow-files'),
               'animation, 60 × 640×360': contestants(bench.inputs.video_webp(), 'pillow-animation'),
               'newtonscradle, 36 × 200×150': contestants(bench.inputs.real_webp(), 'pillow-animation')}
    results = {column: bench.contest(column, who) for column, who in columns.items()}
    return times_table('WebP, whole program', results, MIM_ONE)


def webp_write(bench):
    """WebP writing, GIF animations without losses; img2webp gets their frames as PNG files"""
    lines = []
    inputs = bench.inputs
    for column, gif in {'newtonscradle, 36 × 200×150': inputs.real_gif(), 'mandelbrot, 60 × 640×480': inputs.gradient_gif()}.items():
        with tempfile.TemporaryDirectory() as folder:
            outs = [os.path.join(folder, f'{i}.webp') for i in range(4)]
            mim = [MIM, 'convert', gif, '--force', '--quiet', '-o', 'lossless=yes', '--threads']
            results = bench.contest(column, [
                Process(MIM_ONE, *mim, 1, outs[0]), Process(MIM_TWO, *mim, 2, outs[1]),
                Process('img2webp', 'img2webp', '-lossless', *inputs.gif_frames(gif), '-o', outs[2]),
                Process('gif2webp', 'gif2webp', '-quiet', gif, '-o', outs[3])])
            rows = [[who, cell(results, who, MIM_ONE), f'{os.path.getsize(out) / 1e6:.2f}'] for who, out in zip(results.runs, outs)]
            lines += table([column, 'ms', 'MB'], rows) + reasons({column: results}) + ['']
    return lines[:-1]


# PDF

def pdf_columns(inputs):
    return {'text, 40 pages': inputs.pdf_text(), 'drawings, 12 pages': inputs.pdf_drawing(),
            'photographs, 8 pages': inputs.pdf_pictures()}


def peer_pages(command, name):
    """Make a command that writes its files, called `name` and more, to a temporary directory."""
    script = 'd=$(mktemp -d /dev/shm/pages-XXXXXX) && "$@" "$d/$0" >/dev/null 2>&1; r=$?; rm -rf "$d"; exit $r'
    return ['sh', '-c', script, name, *command]


def pdf_commands(bench):
    """PDF, all pages at 150 dpi as RGB: mim throws them away, the others write PPM files in memory"""
    def contestants(path):
        return [Process(MIM_ONE, *mim_to_raw(path, 1)), Process(MIM_TWO, *mim_to_raw(path, 2)),
                Process('pdftoppm', *peer_pages(['pdftoppm', '-r', 150, path], 'page')),
                Process('mutool draw', *peer_pages(['sh', '-c', 'mutool draw -q -r 150 -o "$1" "$0"', path], 'page%d.ppm'))]
    results = {column: bench.contest(column, contestants(path)) for column, path in pdf_columns(bench.inputs).items()}
    return times_table('PDF at 150 dpi', results, MIM_ONE)


def pdf_to_png(bench):
    """PDF, all pages at 150 dpi to PNG files, in memory"""
    def contestants(path):
        mim = [MIM, 'convert', '--quiet', '--threads']
        return [Process(MIM_ONE, *peer_pages([*mim, 1, path], 'page_%03d.png')),
                Process(MIM_TWO, *peer_pages([*mim, 2, path], 'page_%03d.png')),
                Process('pdftocairo -png', *peer_pages(['pdftocairo', '-png', '-r', 150, path], 'page')),
                Process('pdftoppm -png', *peer_pages(['pdftoppm', '-png', '-r', 150, path], 'page')),
                Process('mutool draw', *peer_pages(['sh', '-c', 'mutool draw -q -r 150 -o "$1" "$0"', path], 'page%d.png'))]
    results = {column: bench.contest(column, contestants(path)) for column, path in pdf_columns(bench.inputs).items()}
    return times_table('PDF to PNG files', results, MIM_ONE)


# start

def counted(pattern, *command):
    """Make a check that returns the number found by a pattern, or the number of matches."""
    def check():
        found = re.findall(pattern, run(*command).decode(errors='replace'), re.M)
        return int(found[0]) if found and found[0].isdigit() else len(found)
    return check


def info(bench):
    """`mim info` of a GIF and of a TIFF, whole programs, frames counted; and what a process costs that does nothing"""
    times = 10

    def contestants(path):
        packets = ['ffprobe', '-v', 'error', '-count_packets', '-show_entries',
                   'stream=width,height,nb_read_packets', path]
        return [Process('mim info', MIM, 'info', path, check=lambda: facts(path)['frames'], times=times),
                Process('gifsicle -I', 'gifsicle', '-I', path, times=times,
                        check=counted(r'(\d+) images', 'gifsicle', '-I', path)),
                Process('identify', '/usr/bin/identify', path, check=counted(r'^.* GIF ', '/usr/bin/identify', path)),
                Process('ffprobe -count_packets', *packets, check=counted(r'nb_read_packets=(\d+)', *packets)),
                Process('ffprobe, which says no count', 'ffprobe', '-v', 'error', '-show_streams', path),
                Process('an empty process', program('empty'), times=times),
                Process('an empty process linked to giflib', program('empty-giflib'), times=times)]
    columns = {'200 frames, photographic': bench.inputs.video_gif(),
               'newtonscradle, 36 frames': bench.inputs.real_gif()}
    results = {column: bench.contest(column, contestants(path)) for column, path in columns.items()}
    lines = times_table('Frames and size of a GIF', results, 'mim info')
    path = bench.inputs.many_pages()
    results = bench.contest('100 000 pages', [
        Process('mim info', MIM, 'info', path, check=lambda: facts(path)['frames']),
        Process('tiffinfo', 'tiffinfo', path, check=counted(r'^TIFF Directory at', 'tiffinfo', path))])
    return lines + [''] + times_table('Pages and size of a TIFF', {'100 000 pages of 16×16': results}, 'mim info')


def start(bench):
    """Start-up, whole programs that read nothing"""
    results = bench.contest('start', [
        Process('mim --version', MIM, '--version', times=10), Process('mim formats', MIM, 'formats', times=10),
        Process('gifsicle --version', 'gifsicle', '--version', times=10),
        Process('ffmpeg -version', 'ffmpeg', '-version', times=10),
        Process('convert -version', '/usr/bin/convert', '-version', times=10),
        Process('import tifffile', '/usr/bin/python3', '-c', 'import tifffile'),
        Process('import PIL.Image', '/usr/bin/python3', '-c', 'import PIL.Image'),
        Process('an empty process', program('empty'), times=10)])
    return times_table('Start', {'time': results}, 'mim --version')


# memory

def memory_row(what, results, name):
    return [what, name, amount(results.median(name)), f'{results.peak_mb(name):.1f}', str(results.status(name))]


def memory(bench):
    """Memory: peak residence of whole programs (an empty process stands for the floor)"""
    inputs, rows = bench.inputs, []
    nothing = bench.contest('nothing', [Process('an empty process', program('empty'))])
    rows.append(memory_row('nothing', nothing, 'an empty process'))
    for what, path in [('refuse the 49-byte GIF of 65535×65535', inputs.gif_bomb()),
                       ('refuse the TIFF of 2³⁰ samples', inputs.tiff_bomb())]:
        results = bench.contest(what, [Process('mim convert', *mim_to_raw(path, 2)[:-2], may_fail=True)])
        rows.append(memory_row(what, results, 'mim convert'))
    with tempfile.TemporaryDirectory() as folder:
        stack, out = inputs.long_stack(), os.path.join(folder, 'out.tif')
        mim = [MIM, 'convert', stack, out, '-o', 'compression=packbits', '--force', '--quiet', '--threads']
        jobs = {'2000 pages of 1024×1024 u8, deflate, to raw': [
                    Process(MIM_ONE, *mim_to_raw(stack, 1)), Process(MIM_TWO, *mim_to_raw(stack, 2))],
                'the same to PackBits TIFF': [
                    Process(MIM_ONE, *mim, 1), Process(MIM_TWO, *mim, 2),
                    Process('tiffcp', 'tiffcp', '-c', 'packbits', stack, out)]}
        for what, contestants in jobs.items():
            results = bench.contest(what, contestants)
            rows += [memory_row(what, results, name) for name in results.runs]
    return table(['What', 'who', 'ms', 'peak MB', 'exit'], rows)


ALL = {'gif-decode': gif_decode, 'gif-commands': gif_commands, 'gif-write': gif_write, 'tiff-decode': tiff_decode,
       'tiff-commands': tiff_commands, 'tiff-write': tiff_write, 'video-decode': video_decode,
       'video-commands': video_commands, 'video-write': video_write, 'png-read': png_read, 'png-write': png_write,
       'tiff-to-png': tiff_to_png, 'jpeg-read': jpeg_read, 'jpeg-write': jpeg_write,
       'webp-read': webp_read, 'webp-write': webp_write, 'pdf-commands': pdf_commands, 'pdf-to-png': pdf_to_png, 'info': info,
       'start': start, 'order': order, 'memory': memory, 'scaling': scaling}
