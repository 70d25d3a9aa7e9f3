# SPDX-License-Identifier: MIT
"""The properties that a file states, as independent programs read them: Pillow, tifffile, ffprobe, poppler's tools and qpdf."""

import json
import os
import re
import struct
import subprocess
import zlib
from fractions import Fraction

import numpy as np
import tifffile
from PIL import Image

from peers import text, tool

SIZE = 48, 32 # of all pictures
OF_PIXELS = ('alpha', 'depth', '1 bit', 'CMYK', 'ICC profile', 'resolution', 'sample aspect')

TEXTS = ('title', 'description', 'comment', 'author', 'copyright', 'subject', 'keywords')
PNG_TEXTS = {key.capitalize(): key for key in TEXTS}
TIFF_TAGS = {270: 'description', 315: 'author', 33432: 'copyright', 269: 'title', 305: 'software', 306: 'date', 285: 'page name',
             34675: 'ICC profile', 700: 'XMP', 33723: 'IPTC', 34665: 'Exif', 330: 'sub-images', 65000: 'tags without a name'}
VIDEO_TAGS = {'title': 'title', 'description': 'description', 'comment': 'comment', 'artist': 'author', 'author': 'author',
              'copyright': 'copyright', 'subject': 'subject', 'keywords': 'keywords', 'creation_time': 'date', 'date': 'date',
              'software': 'software', 'creator': 'software', 'page_name': 'page name', 'page_label': 'page name',
              'mood': 'texts of other keywords', 'modified': 'date', 'xml:com.adobe.xmp': 'XMP'}
WIDE = re.compile(r'(9|1[0246]|32|48|64)(le|be)$|^(rgba?|bgra?|x2rgb)(48|64)')


def run(*words):
    done = subprocess.run([tool(words[0]), *words[1:]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
    return done.stdout


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def ratio(words):
    number, _, unit = words.replace(':', '/').partition('/')
    return Fraction(number) / Fraction(unit or 1)


def runs_of(levels, durations):
    """When each run of equal pictures begins."""
    moments, now = [], 0
    for k, (level, duration) in enumerate(zip(levels, durations)):
        if not k or abs(level - levels[k - 1]) > 8:
            moments.append(now)
        now += duration
    return tuple(round(float(moment), 2) for moment in moments)


def animation(path):
    """Times and plays of a GIF or APNG."""
    facts = {}
    with Image.open(path) as pictures:
        levels, durations, clear = [], [], False
        for k in range(getattr(pictures, 'n_frames', 1)):
            pictures.seek(k)
            durations.append(Fraction(pictures.info.get('duration', 0)) / 1000)
            colours = np.asarray(pictures.convert('RGBA'))
            levels.append(int(colours[-1, -1, 1]))
            clear = clear or colours[..., 3].min() < 255
        loop = pictures.info.get('loop')
        if clear:
            facts['alpha'] = True
        if len(levels) > 1:
            facts['timing'] = runs_of(levels, durations)
            plays = loop if pictures.format == 'PNG' or not loop else loop + 1
            if plays not in (None, 1) and (plays or pictures.format == 'PNG' or loop == 0):
                facts['loop'] = plays
    return facts


def of_gif(path):
    data = read(path)
    facts = animation(path)
    if data[12]:
        facts['sample aspect'] = Fraction(data[12] + 15, 64)
    if b'XMP DataXMP' in data:
        facts['XMP'] = True
    if b'ICCRGBG1012' in data:
        facts['ICC profile'] = True
    at = data.find(b'!\xfe')
    if at >= 0:
        facts['comment'] = text(data[at + 3:at + 3 + data[at + 2]])
    return facts


def of_jpeg(path):
    data, facts = read(path), {}
    with Image.open(path) as picture:
        facts.update({'CMYK': True} if picture.mode == 'CMYK' else {})
        for name, key in (('icc_profile', 'ICC profile'), ('exif', 'Exif')):
            facts.update({key: True} if name in picture.info else {})
        unit, (x, y) = picture.info.get('jfif_unit'), picture.info.get('jfif_density', (1, 1))
        if x != y:
            facts['sample aspect'] = Fraction(y, x)
        if unit:
            facts['resolution'] = tuple(round(value * (2.54 if unit == 2 else 1)) for value in (x, y))
        if 'comment' in picture.info:
            facts['comment'] = text(picture.info['comment'])
    if b'http://ns.adobe.com/xap/1.0/\0' in data:
        facts['XMP'] = True
    return facts


def of_webp(path):
    """Pillow tells when a picture ends."""
    data, facts = read(path), {}
    levels, ends = [], []
    with Image.open(path) as pictures:
        for k in range(pictures.n_frames):
            pictures.seek(k)
            pictures.load()
            colours = np.asarray(pictures.convert('RGBA'))
            levels.append(int(colours[-1, -1, 1]))
            ends.append(Fraction(pictures.info.get('duration', 0)) / 1000)
            facts.update({'alpha': True} if colours[..., 3].min() < 255 else {})
        if len(levels) > 1:
            facts['timing'] = runs_of(levels, ends)
            facts.update({'loop': pictures.info['loop']} if pictures.info['loop'] != 1 else {})
    for name, key in ((b'ICCP', 'ICC profile'), (b'EXIF', 'Exif'), (b'XMP ', 'XMP')):
        facts.update({key: True} if name in data[:4096] + data[-4096:] else {})
    return facts


def chunks_of(path):
    """The chunks of a PNG by name; the first of each."""
    data, at, found = read(path), 8, {}
    while at < len(data):
        size, name = struct.unpack_from('>I4s', data, at)
        found.setdefault(text(name), []).append(data[at + 8:at + 8 + size])
        at += size + 12
    return found


def png_texts(chunks):
    for name, bodies in chunks.items():
        for body in bodies if name in ('tEXt', 'zTXt', 'iTXt') else ():
            keyword, _, rest = body.partition(b'\0')
            if name == 'zTXt':
                rest = zlib.decompress(rest[1:])
            if name == 'iTXt':
                packed = rest[0]
                rest = rest[2:].split(b'\0', 2)[2]
                rest = zlib.decompress(rest) if packed else rest
            yield text(keyword), text(rest)


def of_png(path):
    chunks = chunks_of(path)
    facts = animation(path)
    depth, kind = chunks['IHDR'][0][8:10]
    facts.update({'depth': 16} if depth == 16 else {})
    if depth == 1:
        facts['1 bit'] = True
    if 'pHYs' in chunks:
        x, y, unit = struct.unpack('>IIB', chunks['pHYs'][0])
        if x != y:
            facts['sample aspect'] = Fraction(y, x)
        if unit:
            facts['resolution'] = round(x * 0.0254), round(y * 0.0254)
    for name, key in (('iCCP', 'ICC profile'), ('eXIf', 'Exif'), ('gAMA', 'gamma'), ('cHRM', 'chromaticities'), ('tIME', 'date'),
                      ('mDCV', 'HDR10 display'), ('cLLI', 'HDR10 light')):
        if name in chunks:
            facts[key] = True
    if 'cICP' in chunks:
        facts['transfer, primaries'] = tuple(chunks['cICP'][0][:2][::-1])
    for keyword, value in png_texts(chunks):
        facts[{'XML:com.adobe.xmp': 'XMP', 'Creation Time': 'date', 'Software': 'software'}.get(keyword, PNG_TEXTS.get(keyword, 'texts of other keywords'))] = value
    return facts


def of_tiff(path):
    facts = {}
    with tifffile.TiffFile(path) as file:
        pages, first = file.pages, file.pages[0]
        for tag in first.tags:
            if tag.code in TIFF_TAGS:
                facts[TIFF_TAGS[tag.code]] = tag.value
        description = facts.get('description', '')
        if file.is_imagej and 'fps' in file.imagej_metadata:
            facts['timing'] = tuple(round(k / float(file.imagej_metadata['fps']), 2) for k in range(len(pages)))
        if description.startswith('ImageJ=') or description.startswith('{"shape"'):
            del facts['description']
        x, y = (Fraction(*first.tags[code].value) if code in first.tags else Fraction(1) for code in (282, 283))
        if x != y:
            facts['sample aspect'] = y / x
        unit = {2: 1, 3: Fraction(254, 100)}.get(int(first.tags[296].value) if 296 in first.tags else 2)
        if unit and (x, y) != (1, 1):
            facts['resolution'] = round(x * unit), round(y * unit)
        facts.update({'depth': 16} if first.bitspersample == 16 else {})
        if first.bitspersample == 1:
            facts['1 bit'] = True
        if first.dtype and first.dtype.kind == 'f':
            facts['floating point'] = True
        if first.photometric == 5:
            facts['CMYK'] = True
        if first.photometric == 8:
            facts['Lab'] = True
        if first.extrasamples:
            facts['alpha'] = True
        for key in ('XMP', 'ICC profile', 'IPTC', 'Exif', 'sub-images'):
            if key in facts:
                facts[key] = True
    return facts


def of_pdf(path):
    facts = {}
    for line in text(run('pdfinfo', path)).splitlines():
        key, _, value = line.partition(':')
        name = {'CreationDate': 'date', 'ModDate': 'date', 'Creator': 'software'}.get(key, key.lower())
        if name in TEXTS + ('date', 'software') and value.strip():
            facts[name] = value.strip()
    rows = [line.split() for line in text(run('pdfimages', '-list', path)).splitlines()[2:]]
    pictures = [row for row in rows if row[2] == 'image']
    if any(row[2] == 'smask' for row in rows):
        facts['alpha'] = True
    if pictures:
        row = pictures[0]
        facts.update({'depth': 16} if row[7] == '16' else {})
        if row[7] == '1':
            facts['1 bit'] = True
        if row[5] == 'cmyk':
            facts['CMYK'] = True
        if row[5] == 'icc':
            facts['ICC profile'] = True
        facts['resolution'] = round(float(row[12])), round(float(row[13]))
        facts['sample aspect'] = Fraction(round(float(row[13])), round(float(row[12])))
    data = run('qpdf', '--qdf', path, '-')
    if b'/Outlines ' in data:
        facts = {key: value for key, value in facts.items() if key not in OF_PIXELS}  # a page that is rendered
    for mark, key in ((b'/Metadata ', 'XMP'), (b'/EmbeddedFiles', 'embedded files'), (b'/Outlines ', 'outline'), (b'/PageLabels', 'page name'),
                      ):
        if mark in data:
            facts[key] = True
    return facts


def frames_of(path, index):
    """Facts of frames, and the green of a pixel of each, which tells repeated frames."""
    said = json.loads(run('ffprobe', '-v', 'error', '-of', 'json', '-select_streams', str(index), '-show_frames', path))['frames']
    pixels = run('ffmpeg', '-v', 'error', '-i', path, '-map', f'0:{index}', '-fps_mode', 'passthrough', '-vf', 'crop=2:2:iw-2:ih-2', '-pix_fmt',
                 'rgb24', '-f', 'rawvideo', '-')
    return said, list(pixels[1::12])


def video_times(stream, frames, levels):
    stamps = [float(frame.get('best_effort_timestamp_time', 'nan')) for frame in frames]
    if any(stamp != stamp for stamp in stamps):  # MPEG states few of them
        stamps = [float(k / ratio(stream['r_frame_rate'])) for k in range(len(frames))]
    if len(stamps) < 2:
        return {}
    durations = [after - before for before, after in zip(stamps, stamps[1:])]
    last = float(frames[-1].get('duration_time', frames[-1].get('pkt_duration_time', durations[-1])))
    return {'timing': runs_of([int(level) for level in levels], [*durations, last])}


def of_boxes(path):
    """Texts of 3GPP, which FFmpeg writes and does not read: version and flags, language, text."""
    data, facts = read(path), {}
    for name, key in ((b'titl', 'title'), (b'perf', 'author'), (b'dscp', 'comment'), (b'cprt', 'copyright')):
        at = data.find(name + bytes(4))
        if at >= 0:
            facts[key] = text(data[at + 10:data.index(b'\0', at + 10)])
    return facts


def creation_of_asf(path):
    """The date in the properties of the file, in 100 ns from 1601 on, which FFmpeg does not read either."""
    data = read(path)
    at = data.index(bytes.fromhex('a1dcab8c47a9cf118ee400c00c205365'))
    return struct.unpack_from('<Q', data, at + 48)[0] > 116444736000000000


def of_raw(path, stated):
    """Packed samples have no properties but the bytes of a pixel in all frames."""
    if stated is None:
        return {'alpha': True, 'depth': 16}
    size = os.path.getsize(path) // (SIZE[0] * SIZE[1])
    return {key: stated[key] for key, sizes in (('alpha', (4, 8, 20, 28, 40)), ('depth', (6, 8, 30, 40)), ('floating point', (20,))) if key in stated and size in sizes}


def of_video(path, stated):
    said = json.loads(run('ffprobe', '-v', 'error', '-of', 'json', '-show_streams', '-show_format', '-show_chapters', path))
    streams = {kind: [stream for stream in said['streams'] if stream['codec_type'] == kind]
               for kind in ('video', 'audio', 'subtitle', 'attachment')}
    facts, video = {}, streams['video'][0]
    for name, present in (('sound', streams['audio']), ('further sound', streams['audio'][1:]), ('further video', streams['video'][1:]),
                          ('subtitles', streams['subtitle']), ('attachments', streams['attachment'])):
        if present:
            facts[name] = True
    languages = [stream.get('tags', {}).get('language', 'und') for stream in streams['audio']]
    if set(languages) - {'und'}:
        facts['languages'] = tuple(languages)
    if said['chapters']:
        facts['chapters'] = tuple(round(float(chapter['start_time']), 1) for chapter in said['chapters'])
    for key, value in {**said['format'].get('tags', {}), **video.get('tags', {})}.items():
        if key.lower() in VIDEO_TAGS and value and not value.startswith('Lavf'):
            facts[VIDEO_TAGS[key.lower()]] = value
    facts.update(of_boxes(path) if path.endswith('.3gp') and stated else {})
    if path.endswith('.wmv') and stated and creation_of_asf(path):
        facts['date'] = True
    aspect = video.get('sample_aspect_ratio', '1:1')
    if aspect not in ('1:1', '0:1', 'N/A'):
        facts['sample aspect'] = ratio(aspect)
    form = video['pix_fmt']
    if re.search(r'yuva|rgba|bgra|argb|abgr|ya8|ya16|gbrap', form) or video.get('tags', {}).get('alpha_mode') == '1':
        facts['alpha'] = True
    if WIDE.search(form):
        facts['depth'] = 16
    frames, levels = frames_of(path, video['index'])
    colours = video.get('color_transfer'), video.get('color_primaries')
    if colours[0] in ('smpte2084', 'arib-std-b67'):
        facts['transfer, primaries'] = tuple({'smpte2084': 16, 'bt2020': 9}.get(name) for name in colours)
    sides = str(video.get('side_data_list')) + str(frames[0].get('side_data_list'))
    if 'Mastering display' in sides:
        facts['HDR10 display'] = True
    if 'Content light' in sides:
        facts['HDR10 light'] = True
    if 'ICC' in sides:
        facts['ICC profile'] = True
    if os.path.splitext(path)[1] not in ('.mjpeg', '.h264', '.hevc'): # ffprobe invents their times
        facts.update(video_times(video, frames, levels))
    return facts


def facts_of(path, stated=None):
    """{property: value}. `stated`: the facts of the source, if the file is an output."""
    extension = os.path.splitext(path)[1][1:]
    if extension == 'raw':
        return of_raw(path, stated)
    judge = {'gif': of_gif, 'png': of_png, 'apng': of_png, 'tif': of_tiff, 'tiff': of_tiff, 'pdf': of_pdf, 'jpeg': of_jpeg,
             'webp': of_webp}.get(extension)
    return judge(path) if judge else of_video(path, stated)
