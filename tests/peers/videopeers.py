# SPDX-License-Identifier: MIT
"""Videos made by the ffmpeg command or written by mim, and how the ffmpeg command decodes them."""

import json
import shlex
import subprocess

import numpy as np

import yuvexact
from peers import PATIENCE, PeerCase, mean_error_db, text, tool

SOURCE = 'testsrc2=s=96x64:r=25:d=1.2'
MOVING = 'mandelbrot=s=80x48:r=20,trim=end_frame=24'
X264 = '-c:v libx264 -preset veryfast'
X265 = '-c:v libx265 -preset ultrafast -x265-params log-level=error'

# name: (source, arguments). The extension of the name is the container.
MATRIX = {
    # containers x codecs
    'h264.mp4': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.mov': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.mkv': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.flv': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.avi': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.ts': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.m2ts': (SOURCE, f'{X264} -bf 2 -g 8'),
    'h264.3gp': (SOURCE, f'{X264} -profile:v baseline -g 8'),
    'h264.h264': (SOURCE, f'{X264} -bf 2 -g 8'),
    'hevc.mp4': (SOURCE, f'{X265}:keyint=8:bframes=3'),
    'hevc.mkv': (SOURCE, f'{X265}:keyint=8:bframes=3:open-gop=1'),
    'hevc.ts': (SOURCE, f'{X265}:keyint=8:bframes=2'),
    'hevc.hevc': (SOURCE, f'{X265}:keyint=8:bframes=3'),
    'vp8.webm': (SOURCE, '-c:v libvpx -g 8 -deadline realtime -cpu-used 8 -lag-in-frames 10 -auto-alt-ref 1'),
    'vp9.webm': (SOURCE, '-c:v libvpx-vp9 -g 8 -deadline realtime -cpu-used 8 -lag-in-frames 10 -auto-alt-ref 1'),
    'vp9.mp4': (SOURCE, '-c:v libvpx-vp9 -g 12 -deadline realtime -cpu-used 8'),
    'av1.mkv': (SOURCE, '-c:v libaom-av1 -cpu-used 8 -usage realtime -g 8 -frames:v 12'),
    'mpeg4.avi': (SOURCE, '-c:v mpeg4 -g 8'),
    'mpeg4.mp4': (SOURCE, '-c:v mpeg4 -bf 2 -g 8'),
    'xvid-b.avi': (SOURCE, '-c:v mpeg4 -bf 2 -g 8 -vtag xvid'),
    'msmpeg4.avi': (SOURCE, '-c:v msmpeg4 -g 8'),
    'mpeg1.mpg': (SOURCE, '-c:v mpeg1video -bf 2 -g 8'),
    'mpeg2.mpg': (SOURCE, '-c:v mpeg2video -bf 2 -g 8'),
    'mpeg2.ts': (SOURCE, '-c:v mpeg2video -bf 2 -g 8'),
    'mpeg2.m2v': (SOURCE, '-c:v mpeg2video -bf 2 -g 8'),
    'wmv1.wmv': (SOURCE, '-c:v wmv1 -g 8'),
    'wmv2.wmv': (SOURCE, '-c:v wmv2 -g 8'),
    'flv1.flv': (SOURCE, '-c:v flv1 -g 8'),
    'theora.ogv': (SOURCE, '-c:v libtheora -g 8'),
    'mjpeg.avi': (SOURCE, '-c:v mjpeg'),
    'mjpeg.mjpeg': (SOURCE, '-c:v mjpeg'),
    'prores.mov': (SOURCE, '-c:v prores'),
    'qtrle.mov': (SOURCE, '-c:v qtrle -pix_fmt rgb24 -g 8'),
    'ffv1.mkv': (SOURCE, '-c:v ffv1 -g 8'),
    'huffyuv.avi': (SOURCE, '-c:v huffyuv'),
    'raw.avi': (SOURCE, '-c:v rawvideo'),
    # groups of pictures
    'open-gop.mp4': (SOURCE, f'{X264} -bf 3 -g 8 -x264-params open-gop=1:b-pyramid=normal'),
    'open-gop.ts': (SOURCE, f'{X264} -bf 3 -g 8 -x264-params open-gop=1'),
    'one-gop.mp4': (SOURCE, f'{X264} -bf 3 -g 300'),
    'intra.mp4': (SOURCE, f'{X264} -g 1'),
    'refresh.mp4': (SOURCE, f'{X264} -bf 0 -g 10 -x264-params intra-refresh=1'),
    'refresh.ts': (SOURCE, f'{X264} -bf 0 -g 10 -x264-params intra-refresh=1'),
    'fragments.mp4': (SOURCE, f'{X264} -bf 2 -g 8 -movflags frag_keyframe+empty_moov'),
    'faststart.mp4': (SOURCE, f'{X264} -bf 2 -g 8 -movflags faststart'),
    'live.mkv': (SOURCE, f'{X264} -bf 2 -g 8 -live 1'),
    # times
    'uneven.mp4': (MOVING + ",settb=1/1000,setpts='(N*3+mod(N*N,5)/2)*20'", f'{X264} -bf 2 -g 8 -fps_mode passthrough'),
    'uneven.mkv': (MOVING + ",settb=1/1000,setpts='(N*3+mod(N*N,5)/2)*20'", f'{X264} -bf 2 -g 8 -fps_mode passthrough'),
    'uneven.webm': (MOVING + ",settb=1/1000,setpts='N*N*7+N*20'", '-c:v libvpx -deadline realtime -cpu-used 8 -fps_mode passthrough'),
    'late.mp4': (SOURCE, f'{X264} -bf 2 -g 8 -output_ts_offset 7.3'),
    'late.mkv': (SOURCE, f'{X264} -bf 2 -g 8 -output_ts_offset 5'),
    'ntsc.mov': ('testsrc2=s=64x48:r=30000/1001:d=1', f'{X264} -bf 2 -g 8'),
    'with-audio.mp4': (SOURCE + ' -f lavfi -i sine=d=1.2', f'{X264} -bf 2 -g 8 -c:a aac -shortest'),
    'with-audio.ts': (SOURCE + ' -f lavfi -i sine=d=1.2', f'{X264} -bf 2 -g 8 -c:a mp2 -shortest'),
    # samples
    'ten-bits.mp4': (SOURCE, f'{X264} -pix_fmt yuv420p10le -g 8'),
    'ten-bits.mkv': (SOURCE, f'{X265}:keyint=8 -pix_fmt yuv422p10le'),
    'gray.mp4': (SOURCE, f'{X264} -pix_fmt gray'),
    'gray.avi': (SOURCE, '-c:v ffv1 -pix_fmt gray16le'),
    'chroma422.mp4': (SOURCE, f'{X264} -pix_fmt yuv422p'),
    'chroma444.mp4': (SOURCE, f'{X264} -pix_fmt yuv444p'),
    'rgb.mkv': (SOURCE, '-c:v libx264rgb -preset veryfast'),
    'alpha.mov': (SOURCE + ',format=yuva444p10le', '-c:v prores_ks -profile:v 4444'),
    'full-range.mp4': (SOURCE, f'{X264} -vf scale=out_range=full -color_range pc -pix_fmt yuv420p'),
    'bt709.mp4': (SOURCE, f'{X264} -colorspace bt709 -color_primaries bt709 -color_trc bt709'),
    'bt2020.mkv': (SOURCE, f'{X265} -pix_fmt yuv420p10le -colorspace bt2020nc'),
    'interlaced.ts': (SOURCE + ',interlace', f'{X264} -flags +ildct+ilme -g 8'),
    'interlaced.mpg': (SOURCE + ',interlace', '-c:v mpeg2video -flags +ildct+ilme -bf 2 -g 8'),
    'interlaced.mkv': (SOURCE + ',interlace', f'{X264} -x264-params tff=1 -g 8'),
    # sizes
    'odd.mkv': ('testsrc=s=65x47:r=25:d=0.8', '-c:v ffv1'),
    'odd.webm': ('testsrc=s=61x43:r=25:d=0.8', '-c:v libvpx -deadline realtime -cpu-used 8'),
    'odd.mov': ('testsrc=s=33x21:r=25:d=0.8', '-c:v mjpeg -pix_fmt yuvj444p'),
    'cropped.mp4': ('testsrc2=s=98x50:r=25:d=0.8', f'{X264}'),
    'tiny.avi': ('testsrc2=s=2x2:r=25:d=0.4', '-c:v huffyuv'),
}


class Exact(bytes):
    """Rounded samples, and as `samples` those before rounding."""


def expected_frames(path, pixel_format, *more, before=(), ok=True):
    def run(*pixels):
        words = [tool('ffmpeg'), '-hide_banner', '-nostats', *before, '-i', path, '-fps_mode', 'passthrough', *more, '-f', 'rawvideo', *pixels, '-']
        done = subprocess.run(list(map(str, words)), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=PATIENCE)
        if ok and done.returncode != 0:
            raise AssertionError(f'{" ".join(map(str, words))}: {text(done.stderr)[-800:]}')
        return done

    native = run()
    if not native.stdout:
        return b''
    name, size, is_full, matrix = yuvexact.described(text(native.stderr))
    if name in yuvexact.PLANAR and '-s' not in more:
        native = run('-pix_fmt', yuvexact.PLANAR[name])
        name, size, _, matrix = yuvexact.described(text(native.stderr))
    if '-s' in more and yuvexact.layout_of(name):  # scaled before conversion, with all rows of chroma
        native = run('-pix_fmt', name.replace('yuvj', 'yuv').replace('420', '422').replace('440', '444'))
        name, size, _, matrix = yuvexact.described(text(native.stderr))
    layout = yuvexact.layout_of(name)
    if not layout:
        return run('-pix_fmt', pixel_format).stdout
    samples = np.stack(yuvexact.convert_all(native.stdout, layout, size, is_full, matrix, pixel_format))
    result = Exact(samples.round().astype('<u2' if '16' in pixel_format or '48' in pixel_format or '64' in pixel_format else 'u1').tobytes())
    result.dtype, result.samples = np.dtype('<u2' if len(result) > samples.size else 'u1'), samples.ravel()
    return result


class FrameCase(PeerCase):
    def assertSameBytes(self, got, expected, frame, message='', most=1):
        """Compare frames of `frame` bytes: those that are YUV in the file within `most` levels, others exactly."""
        self.assertEqual(len(got), len(expected), f'{message}: bytes')
        if got == expected:
            return
        dtype, most = (expected.dtype, most) if isinstance(expected, Exact) else (np.uint8, 0)
        one, other = np.frombuffer(got, dtype), expected.samples if isinstance(expected, Exact) else np.frombuffer(expected, dtype)
        worst = np.abs(one.astype(float) - other).reshape(-1, frame // one.itemsize).max(axis=1)
        if worst.max() > most:
            parts = np.flatnonzero(worst > most).tolist()
            self.fail(f'{message}: of {len(worst)} frames these differ: {parts[:40]}, by up to {worst.max():.2f}')


class VideoCase(FrameCase):
    def make(self, name, source, arguments, *more):
        path = self.path(name)
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', *source.split(' '), *shlex.split(arguments),
                      *more, path)
        return path

    def expected(self, path, pixel_format='rgb24', *more, before=(), ok=True):
        """All frames as one block of bytes, as the command decodes them: YUV by the formula, others by swscale."""
        return expected_frames(path, pixel_format, *more, before=before, ok=ok)

    def decoded(self, path, *args, code=0):
        done = self.run_mim('convert', '-q', *args, path, '-', '--to', 'raw')
        self.assertEqual(done.returncode, code, text(done.stderr)[-500:])
        return done.stdout

    def times(self, path):
        """Seconds at which the command shows each frame, from its first on."""
        said = text(self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-an', '-fps_mode', 'passthrough', '-copyts', '-c:v',
                                  'rawvideo', '-enc_time_base', '-1', '-f', 'framecrc', '-'))
        base = next(line for line in said.splitlines() if line.startswith('#tb 0:')).split(': ')[1]
        number, unit = map(int, base.split('/'))
        stamps = [int(line.split(',')[2]) for line in said.splitlines() if not line.startswith('#')]
        return [(stamp - stamps[0]) * number / unit for stamp in stamps]

    def some_order(self, count):
        """Backwards, then at random."""
        return list(range(count))[::-1] + np.random.default_rng(3).permutation(count)[:20].tolist()


def waves(count=8, height=48, width=64, channels=3, dtype=np.uint8):
    """Smooth pictures that move: what a codec is made for."""
    y, x = np.mgrid[0:height, 0:width]
    top = np.iinfo(dtype).max
    planes = [[0.5 + 0.45 * np.sin((x * (c + 2) + y * (5 - c)) / 30 + k / 3 + c) for c in range(channels)]
              for k in range(count)]
    return [np.stack(frame, axis=2).__mul__(top).round().astype(dtype) for frame in planes]


def luma(frame):
    return frame[..., :3].astype(float) @ (0.299, 0.587, 0.114)


class VideoWriting(FrameCase):
    """Videos that mim writes."""

    def write(self, frames, name, *options, **more):
        self.mim('convert', '-q', '--force', *self.raw_input(frames), self.path(name), *options, **more)
        return self.path(name)

    def probe(self, path, *options):
        said = self.run_tool('ffprobe', '-v', 'error', '-of', 'json', '-count_frames', '-show_streams', '-show_format', *options,
                             path)
        return json.loads(said)

    def video(self, path):
        return [stream for stream in self.probe(path)['streams'] if stream['codec_type'] == 'video'][0]

    def audio(self, path):
        return [stream for stream in self.probe(path)['streams'] if stream['codec_type'] == 'audio']

    def times(self, path):
        """When each frame is shown, in seconds after the first."""
        said = self.run_tool('ffprobe', '-v', 'error', '-select_streams', 'v', '-show_entries', 'frame=best_effort_timestamp_time',
                             '-of', 'csv=p=0', path)
        shown = sorted(float(line.split(',')[0]) for line in text(said).split())
        return [moment - shown[0] for moment in shown]

    def decoded(self, path, pixel='rgb24', *before):
        stream = self.video(path)
        raw = self.run_tool('ffmpeg', '-v', 'error', *before, '-i', path, '-fps_mode', 'passthrough', '-f', 'rawvideo', '-pix_fmt',
                            pixel, '-')
        channels = {'gray': 1, 'gray16le': 1, 'ya8': 2, 'rgb24': 3, 'rgb48le': 3, 'rgba': 4, 'rgba64le': 4}[pixel]
        dtype = np.dtype('<u2') if '16' in pixel or '48' in pixel or '64' in pixel else np.dtype(np.uint8)
        return list(np.frombuffer(raw, dtype).reshape(-1, stream['height'], stream['width'], channels))

    def sounding(self, name='in.mp4', codec='aac', seconds=2, *more):
        """A video with a sound track, by the ffmpeg command."""
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25', '-f', 'lavfi', '-i', 'sine=440',
                      '-t', seconds, '-c:v', 'mpeg4', '-c:a', codec, *more, self.path(name))
        return self.path(name)
