# SPDX-License-Identifier: MIT
"""Do a job as a user of Pillow, tifffile, PyAV or OpenCV would.   peer.py JOB FILE [OUT [WIDTH HEIGHT]]

Jobs: pillow-gif, pillow-files (20 numbered files), pillow-animation, pillow-tiff, tifffile, pyav and opencv decode all frames (with OUT "-" the packed pixels go to standard output),
pillow-write makes a GIF of packed RGB frames, pillow-write-files numbered files, pillow-tiff-write and tifffile-write a TIFF of
another: FILE OUT CODEC. imageio-png makes numbered files of a TIFF's first pages: FILE OUT COUNT.
"""

import sys


def pillow_gif(path, show):
    from PIL import Image, ImageSequence
    with Image.open(path) as gif:
        for frame in ImageSequence.Iterator(gif):
            show(frame.convert('RGBA').tobytes)


def pillow_files(pattern, show):
    from PIL import Image
    for i in range(20):
        with Image.open(pattern % i) as image:
            image.load()
            show(image.tobytes)


def pillow_animation(path, show):
    from PIL import Image, ImageSequence
    with Image.open(path) as animation:
        for frame in ImageSequence.Iterator(animation):
            frame.load()
            show(frame.tobytes)


def pillow_tiff(path, show):
    import numpy
    from PIL import Image, ImageSequence
    with Image.open(path) as tiff:
        for frame in ImageSequence.Iterator(tiff):
            show(numpy.asarray(frame).tobytes)


def tifffile_pages(path, show):
    import tifffile
    with tifffile.TiffFile(path) as tiff:
        for page in tiff.pages:
            show(page.asarray().tobytes)


def pyav(path, show):
    import av
    with av.open(path) as container:
        container.streams.video[0].thread_type = 'AUTO'
        for frame in container.decode(video=0):
            show(frame.to_ndarray(format='rgb24').tobytes)


def opencv(path, show):
    import cv2
    video = cv2.VideoCapture(path)
    while True:
        there, frame = video.read()
        if not there:
            return
        show(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB).tobytes)


def pillow_write(path, out, width, height):
    from PIL import Image
    with open(path, 'rb') as packed:
        data = packed.read()
    size = width * height * 3
    frames = [Image.frombytes('RGB', (width, height), data[at:at + size]) for at in range(0, len(data), size)]
    frames[0].save(out, save_all=True, append_images=frames[1:], duration=40, loop=0)


def pillow_write_files(path, out, width, height):
    from PIL import Image
    with open(path, 'rb') as packed:
        data = packed.read()
    size = width * height * 3
    for i, at in enumerate(range(0, len(data), size)):
        Image.frombytes('RGB', (width, height), data[at:at + size]).save(out % i, quality=90, subsampling=0)  # PNG has neither


def imageio_png(path, out, count):
    import imageio
    with imageio.get_reader(path) as reader:
        for i in range(count):
            imageio.imwrite(out % i, reader.get_data(i))


def pillow_tiff_write(path, out, codec):
    from PIL import Image, ImageSequence
    names = {'none': None, 'lzw': 'tiff_lzw', 'deflate': 'tiff_adobe_deflate', 'packbits': 'packbits'}
    predictor = {'tiffinfo': {317: 2}} if codec in ('lzw', 'deflate') else {}
    with Image.open(path) as tiff:
        frames = [frame.copy() for frame in ImageSequence.Iterator(tiff)]
    frames[0].save(out, save_all=True, append_images=frames[1:], compression=names[codec], **predictor)


def tifffile_write(path, out, codec):
    import tifffile
    names = {'none': None, 'lzw': 'lzw', 'deflate': 'zlib', 'packbits': 'packbits'}
    with tifffile.TiffFile(path) as tiff, tifffile.TiffWriter(out) as writer:
        for page in tiff.pages:
            writer.write(page.asarray(), photometric=page.photometric, compression=names[codec],
                         predictor=codec in ('lzw', 'deflate'), metadata=None, contiguous=False)


def main():
    job, path, *rest = sys.argv[1:]
    if job in ('pillow-write', 'pillow-write-files'):
        return (pillow_write if job == 'pillow-write' else pillow_write_files)(path, rest[0], int(rest[1]), int(rest[2]))
    if job == 'imageio-png':
        return imageio_png(path, rest[0], int(rest[1]))
    if job.endswith('-write'):
        return {'pillow-tiff-write': pillow_tiff_write, 'tifffile-write': tifffile_write}[job](path, *rest)
    show = (lambda pixels: sys.stdout.buffer.write(pixels())) if rest else (lambda pixels: None)
    jobs = {'pillow-gif': pillow_gif, 'pillow-files': pillow_files, 'pillow-animation': pillow_animation, 'pillow-tiff': pillow_tiff,
            'tifffile': tifffile_pages, 'pyav': pyav, 'opencv': opencv}
    return jobs[job](path, show)


sys.exit(main())
