# SPDX-License-Identifier: MIT
"""Documents written by hand, so that tests do not depend on files of the machine."""

import zlib

HELLO = ('BT /F 24 Tf 20 250 Td (Hello, page) Tj ET 1 0 0 RG 0.3 w 10 10 m 190 290 l S 0 0 1 rg 30 30.3 60.7 40 re f '
         '0 0.5 0 rg 100 100 m 150 180 l 180 90 l f 0 w 10 200 m 190 205 l S')
FONT = '<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>'


def raw(data):
    return data if isinstance(data, bytes) else data.encode('latin-1')


def stream(content, keys=''):
    content = raw(content)
    return b'<</Length %d%s>>\nstream\n' % (len(content), raw(keys)) + content + b'\nendstream'


def document(objects, trailer='', version='1.7'):
    """A file of numbered objects; the first is the catalog."""
    out, places = bytearray(b'%%PDF-%s\n' % raw(version)), {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b'%d 0 obj\n' % number + raw(body) + b'\nendobj\n'
    start, size = len(out), max(objects) + 1
    out += b'xref\n0 %d\n0000000000 65535 f \n' % size
    for number in range(1, size):
        out += b'%010d 00000 n \n' % places[number] if number in places else b'0000000000 65535 f \n'
    out += b'trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n' % (size, raw(trailer), start)
    return bytes(out)


def one_page(content, box='0 0 200 300', more='', resources='', objects=None):
    """Object 4 is the content and 5 a font; `objects` of the page start at 6."""
    return document({
        1: '<</Type/Catalog/Pages 2 0 R>>',
        2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
        3: f'<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>{resources}>>{more}>>',
        4: stream(content), 5: FONT, **(objects or {})})


def pages(contents, box='0 0 120 90', more=(), catalog='', trailer='', objects=None):
    """A page for each content; `more` is added to the dictionaries of the pages."""
    first, body = 100, {1: f'<</Type/Catalog/Pages 2 0 R{catalog}>>', 5: FONT, **(objects or {})}
    kids = ' '.join(f'{first + 2 * i} 0 R' for i in range(len(contents)))
    body[2] = f'<</Type/Pages/Kids[{kids}]/Count {len(contents)}/MediaBox[{box}]/Resources<</Font<</F 5 0 R>>>>>>'
    for i, content in enumerate(contents):
        extra = more[i] if i < len(more) else ''
        body[first + 2 * i] = f'<</Type/Page/Parent 2 0 R/Contents {first + 2 * i + 1} 0 R{extra}>>'
        body[first + 2 * i + 1] = stream(content)
    return document(body, trailer)


def image(width, height, samples, keys='/ColorSpace/DeviceRGB/BitsPerComponent 8'):
    return stream(zlib.compress(samples),
                  f'/Type/XObject/Subtype/Image/Width {width}/Height {height}{keys}/Filter/FlateDecode')


def gallery():
    """{name: document}: one for each kind of drawing."""
    noise = bytes((i * i * 31 + i * 7) >> 3 & 255 for i in range(64 * 64 * 3))
    form = '/Type/XObject/Subtype/Form/BBox[0 0 200 200]/Group<</S/Transparency/I true>>'
    shading = ('<</ShadingType 2/ColorSpace/DeviceRGB/Coords[0 0 200 300]/Extend[true true]'
               '/Function<</FunctionType 2/Domain[0 1]/C0[1 0 0]/C1[0 1 1]/N 1.3>>>>')
    return {
        'plain': one_page(HELLO),
        'crop': one_page(HELLO, more='/CropBox[20 30 150.5 270.25]'),
        'rotated': one_page(HELLO, more='/Rotate 90/CropBox[20 30 150.5 270.25]'),
        'upside-down': one_page(HELLO, more='/Rotate 180'),
        'negative': one_page(HELLO, box='-50 -20 150.3 280.7'),
        'group': one_page('0 1 0 rg 20 20 100 200 re f /G gs /X Do ' + HELLO,
                          resources='/XObject<</X 6 0 R>>/ExtGState<</G<</ca 0.5/BM/Multiply>>>>',
                          objects={6: stream('0 0 1 rg 0 0 100 100 re f 1 0 0 rg 50 50 100 100 re f', form)}),
        'difference': one_page('/G gs 0.2 0.5 0.8 rg 20 20 100 200 re f 1 0.3 0 rg 60 60 100 200 re f ' + HELLO,
                               resources='/ExtGState<</G<</BM/Difference/ca 0.7>>>>'),
        'image': one_page('q 150.3 20 -30 140 20.2 20.7 cm /X Do Q ' + HELLO, resources='/XObject<</X 6 0 R>>',
                          objects={6: image(64, 64, noise)}),
        'shading': one_page('/S sh ' + HELLO, resources='/Shading<</S 6 0 R>>', objects={6: shading}),
    }
