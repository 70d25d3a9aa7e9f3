# SPDX-License-Identifier: MIT
"""A file or two of each format that state as many properties as the format can, made without mim."""

import io
import os
import struct
import subprocess

import numpy as np
import tifffile
from PIL import Image, ImageCms

import gifbytes
import pdfbytes
import pngbytes
from peers import tool
from statedfacts import SIZE

LEVELS = (30, 90, 120, 150, 210) # of green: each frame has another
DELAYS = (2, 1, 1, 2, 1) # in tenths of a second
WORDS = {'Title': 'Waves', 'Description': 'a test', 'Comment': 'by hand', 'Author': 'Ada', 'Copyright': 'none', 'Subject': 'tests',
         'Keywords': 'one, two'}
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'
SUBTITLES = '1\n00:00:00,100 --> 00:00:00,400\nhello\n'
CHAPTERS = ';FFMETADATA1\n' + ''.join(f'[CHAPTER]\nTIMEBASE=1/10\nSTART={start}\nEND={end}\ntitle={start}\n' for start, end in ((0, 3), (3, 7)))
HDR = ('log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc:max-cll=1000,400:'
       'master-display=G(8500,39850)B(6550,2300)R(35400,14600)WP(15635,16450)L(10000000,50)')
TAGS = ['-color_primaries', 'bt2020', '-color_trc', 'smpte2084', '-colorspace', 'bt2020nc']

# container: codecs of the picture, of sound and of subtitles, numbers of sound and video tracks
VIDEOS = {'mp4': ('libx264', 'aac', 'mov_text', 2, 2), 'mov': ('libx264', 'aac', 'mov_text', 2, 2), '3gp': ('libx264', 'aac', None, 1, 1),
          'mkv': ('libx264', 'libopus', 'srt', 2, 2), 'webm': ('libvpx-vp9', 'libopus', 'webvtt', 2, 1), 'avi': ('mpeg4', 'libmp3lame', None, 2, 1),
          'mpeg': ('mpeg2video', 'mp2', None, 1, 1), 'ts': ('libx264', 'aac', None, 2, 1), 'wmv': ('wmv2', 'wmav2', None, 1, 1),
          'flv': ('libx264', 'aac', None, 1, 1), 'ogv': ('libtheora', 'libvorbis', None, 1, 1), 'mjpeg': ('mjpeg', None, None, 0, 1),
          'h264': ('libx264', None, None, 0, 1), 'hevc': ('libx265', None, None, 0, 1), 'y4m': ('wrapped_avframe', None, None, 0, 1)}
EVEN = ('avi', 'mpeg', 'ogv', 'mjpeg', 'h264', 'hevc', 'y4m', 'wmv')  # states one rate
RAW = ['--from', 'raw', '-i', f'width={SIZE[0]}', '-i', f'height={SIZE[1]}', '-i', 'channels=4', '-i', 'sample=u16']
ALPHA = {'mov': ('prores_ks', 'yuva444p10le'), 'mkv': ('ffv1', 'bgra'), 'webm': ('libvpx-vp9', 'yuva420p'), 'avi': ('huffyuv', 'bgra')}
COLOURS = {'mp4': 'libx265', 'mov': 'libx265', 'mkv': 'libx265', 'webm': 'libvpx-vp9', 'ts': 'libx265', 'hevc': 'libx265', 'avif': 'libaom-av1'}


def frames(channels=3, dtype=np.uint8, levels=LEVELS):
    """Flat pictures; of the alpha, the first row is transparent."""
    out = np.zeros((len(levels), SIZE[1], SIZE[0], channels), np.float64)
    for frame, level in zip(out, levels):
        frame[..., :] = (60, level, 200, 255)[:channels] if channels > 2 else (level, 255)[:channels]
    if channels in (2, 4):
        out[:, 0, :, -1] = 0
    if dtype == np.float32:
        return (out / 255).astype(dtype)
    return (out * (257 if dtype == np.uint16 else 1)).astype(dtype)


def profile():
    return ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes()


def write(path, data):
    with open(path, 'wb') as file:
        file.write(data)


# --- pictures ---

def gif(path):
    palette = [(60, level, 200) for level in LEVELS] + [(0, 0, 0)] * 3
    xmp = b'!\xff\x0bXMP DataXMP' + XMP.encode() + b'\x01' + bytes(range(255, -1, -1)) + b'\0'  # ends as sub-blocks do
    icc = b'!\xff\x0bICCRGBG1012' + gifbytes.blocks(profile())
    parts = [gifbytes.netscape(3), gifbytes.comment(b'by hand'), xmp, icc]
    for k, delay in enumerate(DELAYS):
        indices = np.full(SIZE[::-1], k)
        indices[0] = 7
        parts.append(gifbytes.control(delay=delay * 10, transparent=7) + gifbytes.image(indices))
    data = bytearray(gifbytes.gif(*SIZE, *parts, palette=palette))
    data[12] = 81  # samples of 3:2
    write(path, data)


def annotated_tiff(path):
    """Tags, a profile, and images in sub-IFDs."""
    more = [(33432, 's', 0, 'none', True), (269, 's', 0, 'Waves', True), (315, 's', 0, 'Ada', True), (285, 's', 0, 'cover', True), (700, 'B', len(XMP), XMP.encode(), True),
            (65000, 's', 0, 'ours', True), (34675, 'B', len(profile()), profile(), True), (33723, 'B', 12, b'\x1c\x02\x05\0\x05Waves\0\0', True)]
    with tifffile.TiffWriter(path) as file:
        for k, picture in enumerate(frames()):
            file.write(picture, photometric='rgb', metadata=None, description='a test', datetime='2024:05:06 07:08:09', software='hand',
                       resolution=(300, 150), resolutionunit='INCH', extratags=more, subifds=0 if k else 1)
            if not k:
                file.write(picture[::2, ::2], photometric='rgb', metadata=None, subfiletype=1)


def exif_tiff(path):
    """An EXIF directory, which no module here writes, behind the end."""
    Image.fromarray(frames()[0]).save(path, tiffinfo={34665: 0})
    with open(path, 'r+b') as file:
        data = bytearray(file.read())
        entry = struct.pack('<HHI', 34665, 4, 1)
        struct.pack_into('<I', data, data.index(entry) + 8, len(data))
        file.seek(0)
        file.write(bytes(data) + struct.pack('<HHHIIIII', 1, 33434, 5, 1, len(data) + 18, 0, 1, 100))


def timed_tiff(path):
    tifffile.imwrite(path, frames()[..., 1], imagej=True, metadata={'axes': 'TYX', 'fps': 10.0})


def deep_tiff(path):
    tifffile.imwrite(path, frames(4, np.uint16), photometric='rgb', extrasamples=['unassalpha'], metadata=None)


def float_tiff(path):
    tifffile.imwrite(path, frames(1, np.float32)[..., 0], photometric='minisblack', metadata=None)


def bilevel_tiff(path):
    Image.fromarray(frames()[0][..., 1] > 20).save(path)


def cmyk_tiff(path):
    Image.fromarray(frames()[0]).convert('CMYK').save(path)


def lab_tiff(path):
    Image.fromarray(frames()[0]).convert('LAB').save(path)


def png_chunks():
    chunk = pngbytes.chunk
    texts = b''.join(chunk('tEXt', f'{key}\0{value}'.encode()) for key, value in {**WORDS, 'Software': 'hand', 'Mood': 'good'}.items())
    xmp = chunk('iTXt', b'XML:com.adobe.xmp\0\0\0\0\0' + XMP.encode())
    packed = io.BytesIO()
    Image.new('RGB', (1, 1)).save(packed, 'PNG', icc_profile=profile())
    data = packed.getvalue()
    start = data.index(b'iCCP') - 4
    iccp = data[start:start + 12 + struct.unpack_from('>I', data, start)[0]]
    exif = b'II*\0\x08\0\0\0\x01\0\x0f\x01\x02\0\x04\0\0\0Ada\0\0\0\0\0'
    return iccp + chunk('pHYs', struct.pack('>IIB', 11811, 5906, 1)) + chunk('tIME', struct.pack('>H5B', 2024, 5, 6, 7, 8, 9)) + texts + xmp + chunk('eXIf', exif)


def png(path):
    write(path, pngbytes.png(frames(4, np.uint16)[0], 16, 6, before=png_chunks()))


def bilevel_png(path):
    write(path, pngbytes.png((frames(1)[0] > 20).astype(np.uint8), 1, 0))


def measured_png(path):
    """Gray, with the colours of a display that is not sRGB."""
    chunk = pngbytes.chunk
    before = chunk('gAMA', struct.pack('>I', 55000)) + chunk('cHRM', struct.pack('>8I', 31270, 32900, 68000, 32000, 26500, 69000, 15000, 6000))
    write(path, pngbytes.png(frames(1)[0], 8, 0, before=before))


def hdr_png(path):
    chunk = pngbytes.chunk
    display = struct.pack('>8H2I', 35400, 14600, 8500, 39850, 6550, 2300, 15635, 16450, 10000000, 50)
    before = chunk('cICP', bytes((9, 16, 0, 1))) + chunk('mDCV', display) + chunk('cLLI', struct.pack('>II', 10000000, 4000000))
    write(path, pngbytes.png(frames(3, np.uint16)[0], 16, 2, before=before))


def jpeg(path):
    """Its XMP is an APP1 segment that Pillow does not write."""
    exif = Image.Exif()
    exif[0x010f] = 'maker'
    out = io.BytesIO()
    Image.fromarray(frames(3)[0]).save(out, 'JPEG', exif=exif.tobytes(), icc_profile=profile(), dpi=(300, 300), comment=b'by hand', quality=100)
    body = b'http://ns.adobe.com/xap/1.0/\0' + XMP.encode()
    data = out.getvalue()
    write(path, data[:2] + b'\xff\xe1' + struct.pack('>H', len(body) + 2) + body + data[2:])


def cmyk_jpeg(path):
    Image.fromarray(frames(3)[0]).convert('CMYK').save(path, 'JPEG')


def wide_jpeg(path):
    data = io.BytesIO()
    Image.fromarray(frames(3)[0]).save(data, 'JPEG')
    data = bytearray(data.getvalue())
    data[13:18] = struct.pack('>BHH', 0, 2, 3)  # JFIF's densities, without a unit
    write(path, bytes(data))


def webp(path):
    pictures = [Image.fromarray(frame) for frame in frames(4)]
    exif = Image.Exif()
    exif[0x010f] = 'maker'
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=[delay * 100 for delay in DELAYS], loop=3, lossless=True,
                     exact=True, exif=exif.tobytes(), icc_profile=profile(), xmp=XMP.encode())


def apng(path):
    film = pngbytes.Animation(*SIZE, 16, 6, plays=3, before=png_chunks())
    for picture, delay in zip(frames(4, np.uint16), DELAYS):
        film.add(picture, delay=(delay, 10))
    write(path, film.bytes())


def pdf(path):
    """Pages of one picture, with labels, an outline, an attachment and XMP."""
    info = ''.join(f'/{key}({value})' for key, value in WORDS.items() if key in ('Title', 'Author', 'Subject', 'Keywords'))
    objects = {
        50: f'<<{info}/Creator(hand)/CreationDate(D:20240506070809Z)>>',
        51: '<</Type/Outlines/First 52 0 R/Last 52 0 R/Count 1>>', 52: '<</Title(One)/Parent 51 0 R/Dest[100 0 R/Fit]>>',
        53: '<</Type/Filespec/F(a.txt)/EF<</F 54 0 R>>>>', 54: pdfbytes.stream(b'hello', '/Type/EmbeddedFile'),
        55: pdfbytes.stream(XMP.encode(), '/Type/Metadata/Subtype/XML'),
    }
    catalog = ('/Outlines 51 0 R/Metadata 55 0 R/Names<</EmbeddedFiles<</Names[(a.txt)53 0 R]>>>>/PageLabels<</Nums[0<</P(cover)>>]>>')
    contents = [f'0.2 {level / 255:.3f} 0.8 rg 0 0 120 90 re f' for level in LEVELS]
    write(path, pdfbytes.pages(contents, catalog=catalog, trailer='/Info 50 0 R', objects=objects))


def raw(path):
    write(path, frames(4, np.uint16).tobytes())


# --- videos ---

def ffmpeg(*words):
    subprocess.run([tool('ffmpeg'), '-v', 'error', '-y', *map(str, words)], check=True, stdin=subprocess.DEVNULL)


def picture_input(container, alpha=False, form='rgb24'):
    """The frames begin at 0, 0.2, 0.3, 0.4 and 0.6 s."""
    drops = '' if container in EVEN else ",select='not(eq(n,1)+eq(n,5))'"
    clear = ":a='if(lt(Y,8),0,255)'" if alpha else ''
    source = f"nullsrc=s={SIZE[0]}x{SIZE[1]}:r=10:d=0.7,format={'rgba' if alpha else 'rgb24'},geq=r=60:g='30+30*N':b=200{clear}{drops},format={form}"
    return ['-f', 'lavfi', '-i', source]


def video(path):
    container = os.path.splitext(path)[1][1:]
    picture, sound, subtitles, sounds, videos = VIDEOS[container]
    folder = os.path.dirname(path)
    write(os.path.join(folder, 's.srt'), SUBTITLES.encode())
    write(os.path.join(folder, 'c.txt'), CHAPTERS.encode())
    words, maps = picture_input(container, form='yuvj420p' if picture == 'mjpeg' else 'yuv420p'), ['-map', '0']
    for k in range(sounds):
        words += ['-f', 'lavfi', '-i', f'sine={440 * (k + 1)}:d=0.7']
        maps += ['-map', str(k + 1), f'-metadata:s:a:{k}', f'language={("ita", "fra")[k]}']
    if subtitles:
        words += ['-i', os.path.join(folder, 's.srt'), '-i', os.path.join(folder, 'c.txt')]
        maps += ['-map', str(sounds + 1), '-map_chapters', str(sounds + 2), '-c:s', subtitles, '-metadata:s:s:0', 'language=spa']
    if videos > 1:
        words += ['-f', 'lavfi', '-i', 'color=red:s=32x32:r=10:d=0.7']
        maps += ['-map', str(sounds + 3)]
    if container == 'mkv':
        maps += ['-attach', os.path.join(folder, 'c.txt'), '-metadata:s:t:0', 'mimetype=text/plain']
    for key, value in {**WORDS, 'Artist': 'Ada', 'creation_time': '2024-05-06T07:08:09Z'}.items():
        maps += ['-metadata', f'{key.lower()}={value}']
    aspect = '16/9' if picture == 'mpeg2video' else None
    maps += ['-vf', f'setdar={aspect}' if aspect else 'setsar=16/11', '-c:v', picture, '-g', '10']
    maps += [] if not sound else ['-c:a', sound]
    maps += [] if container in EVEN else ['-fps_mode', 'passthrough']
    maps += ['-f', {'mjpeg': 'mjpeg', 'y4m': 'yuv4mpegpipe'}[container]] if container in ('mjpeg', 'y4m') else []
    maps += ['-r', '25'] if container == 'mpeg' else []
    maps += ['-bf', '0'] if picture in ('libx264', 'libx265') else []
    maps += ['-x265-params', 'log-level=none'] if picture == 'libx265' else []
    ffmpeg(*words, *maps, '-strict', '-1', path)


def alpha_video(path):
    container = os.path.splitext(path)[1][1:]
    codec, form = ALPHA[container]
    ffmpeg(*picture_input(container, True, form), '-c:v', codec, '-pix_fmt', form, '-auto-alt-ref', 0, '-fps_mode', 'passthrough', path)


def hdr_video(path):
    container = os.path.splitext(path)[1][1:]
    codec = COLOURS[container]
    words = picture_input(container, form='yuv420p10le')
    if container == 'avif':
        words[-1] = words[-1].replace('d=0.7', 'd=0.1')
        return ffmpeg(*words, '-c:v', codec, '-cpu-used', 8, '-frames:v', 1, *TAGS, path)
    ffmpeg(*words, '-fps_mode', 'passthrough', '-c:v', 'libx265', '-bf', 0, '-x265-params', HDR, *TAGS, path if codec == 'libx265' else path + '.mkv')
    if codec != 'libx265':
        ffmpeg('-i', path + '.mkv', '-c:v', codec, '-pix_fmt', 'yuv420p10le', '-fps_mode', 'passthrough', *TAGS, path)
    return None


PICTURES = {'a.gif': gif, 'a.raw': raw, 'annotated.tif': annotated_tiff, 'exif.tif': exif_tiff, 'imagej.tif': timed_tiff, 'deep.tif': deep_tiff,
            'float.tif': float_tiff, 'bilevel.tif': bilevel_tiff, 'cmyk.tif': cmyk_tiff, 'lab.tif': lab_tiff, 'a.png': png,
            'bilevel.png': bilevel_png, 'measured.png': measured_png, 'hdr.png': hdr_png, 'a.apng': apng, 'a.pdf': pdf, 'a.jpeg': jpeg,
            'cmyk.jpeg': cmyk_jpeg, 'wide.jpeg': wide_jpeg, 'a.webp': webp}
SOURCES = {**PICTURES, **{f'a.{container}': video for container in VIDEOS}, **{f'alpha.{container}': alpha_video for container in ALPHA},
           **{f'hdr.{container}': hdr_video for container in COLOURS}}
