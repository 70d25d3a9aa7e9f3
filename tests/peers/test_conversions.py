#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What each conversion keeps, and the notes about the rest: measures the tables of docs/formats.md and compares.

Files that state every property of their format are converted to every format, and other programs read which properties the outputs state. A
property that is neither kept nor noted is a failure, and so is a note about one that is kept. MIM_PEERS_UPDATE=1 writes the tables.
"""

import os
import re
from concurrent.futures import ThreadPoolExecutor

import tap
from peers import PeerCase, text
from statedfacts import TEXTS, facts_of
from statedsources import RAW, SOURCES

PAGE = os.path.join(os.path.dirname(__file__), '..', '..', 'docs', 'formats.md')
BEGIN, END = '<!-- measured by tests/peers/test_conversions.py -->\n', '<!-- end of the tables -->\n'
TARGETS = ('gif', 'tiff', 'png', 'apng', 'jpeg', 'webp', 'pdf', 'raw', 'mp4', 'mov', '3gp', 'mkv', 'webm', 'avi', 'mpeg', 'ts', 'wmv', 'flv', 'ogv', 'mjpeg', 'h264',
           'hevc')
KEPT = '✓'
WIDENED = {'1 bit': 'samples have 8 bits, which lose nothing'}  # without a note
WRITES = os.environ.get('MIM_PEERS_UPDATE')


def key(*names):
    return f"cannot keep .*'({'|'.join(names)})'"


# property: the notes that report its loss
GROUPS = {
    'Samples': {
        'alpha': '(?<!partially )transparent pixels', 'depth': 'reduced from u16|become 8 bits', 'floating point': 'reduced from f32', '1 bit': '1 bit',
        'CMYK': 'CMYK becomes', 'Lab': 'Lab becomes',
    },
    'Colours': {
        'ICC profile': key('icc') + '|colour profile', 'transfer, primaries': key('transfer'), 'HDR10 display': key('mastering_display'),
        'HDR10 light': key('content_light'), 'gamma': key('gamma'), 'chromaticities': key('chromaticities'),
    },
    'Shape and time': {
        'sample aspect': key('sample_aspect') + '|become square|aspect', 'resolution': key('resolution'),
        'timing': 'keeps no timing|frames are dropped|durations differ', 'loop': 'loop count',
    },
    'Words': {
        **{name: key(name, 'text:' + name) for name in TEXTS}, 'author': key('author', 'artist'), 'software': key('software', 'creator'),
        'date': key('datetime', 'modified'), 'page name': key('page_name', 'page_label'), 'texts of other keywords': key('text:Mood'),
        'Exif': key('exif') + '|EXIF directory', 'XMP': key('xmp', 'tag:700', 'text:XML:com.adobe.xmp') + '|XMP', 'IPTC': key('tag:33723'),
        'tags without a name': key('tag:65000'),
    },
    'Tracks and further content': {
        'sound': 'sound track 1 .*left out', 'further sound': 'sound track 2 .*left out', 'languages': 'language|sound track .*left out',
        'subtitles': 'subtitle track .*left out', 'chapters': 'chapters .*left out', 'further video': 'video track .*left out',
        'attachments': 'attachment.*left out', 'embedded files': 'embedded files.*left out', 'outline': 'outline.* left out', 'sub-images': 'sub-IFDs .*left out',
    },
}
PROPERTIES = {name: pattern for group in GROUPS.values() for name, pattern in group.items()}
# notes that report the loss of this property or of another
PERHAPS = {**{name: 'takes the only place' for name in TEXTS}, 'timing': 'times are adjusted'}

# words of a note: the reason in the page
REASONS = {
    'transparent pixels': 'the usual codec has no alpha: transparent pixels are composited on `-o background=...`',
    'reduced from': 'the format, or the usual codec of a video, does not have samples of this depth',
    '1 bit': 'samples of 1 bit become 8 bits',
    'become 8 bits': 'videos are read with 8 bits: `-i pixelformat=native` keeps more',
    'CMYK becomes|Lab becomes': 'colours are converted: `-i raw=yes` keeps the samples',
    'profile does not match': 'the profile is of colours that are converted',
    'cannot keep': 'the format has no place for it, or FFmpeg does not write it',
    'rounds sample_aspect': 'MPEG-2 has only pictures of 4:3, 16:9 and 2.21:1',
    'become square': 'players ignore the aspect, so that samples become square: `-i square=no` keeps them',
    'keeps no timing|loop count': 'the format does not have it',
    'frames are repeated|frames are dropped|durations differ|times are adjusted': 'the format has one rate or a grid, to which times are moved',
    'further track': 'the format has one track',
    'takes the only place': 'the format has a single place for such texts',
    'left out': 'the format cannot hold it',
}


def is_kept(name, stated, found):
    """Equal words are kept under any name."""
    value, others = stated[name], found.values()
    if name in TEXTS:
        return value in others
    if name in ('date', 'XMP', 'Exif', 'software', 'page name'):
        return name in found
    if name == 'sample aspect':
        return name in found and abs(float(found[name] / value) - 1) < 0.01
    if name == 'timing':
        return name in found and len(found[name]) == len(value) and max(abs(one - other) for one, other in zip(found[name], value)) < 0.021
    return found.get(name) == value


class Conversions(PeerCase):
    def stated(self):
        """The files, and of each the properties that no file before states of the format."""
        seen, chosen = set(), {}
        for name, make in SOURCES.items():
            make(self.path(name))
            facts = facts_of(self.path(name))
            form = name.rpartition('.')[2].replace('tif', 'tiff')
            chosen[name] = form, {key: value for key, value in facts.items() if key in PROPERTIES and (form, key) not in seen}
            seen |= {(form, key) for key in facts}
        return {name: pair for name, pair in chosen.items() if pair[1]}

    def measure(self, name, stated, target):
        """{property: cell} of a conversion, where a cell is KEPT or the note."""
        folder = self.path(f'{name}-{target}')
        os.mkdir(folder)
        path = os.path.join(folder, f'out%d.{target}' if target in ('png', 'jpeg') else f'out.{target}')
        done = self.run_mim('convert', '--verbose', *(RAW if name.endswith('.raw') else ()), self.path(name), path)
        notes = text(done.stderr)
        if done.returncode:
            self.refusals.append(f'{name} to {target}: {notes}')
            return {key: notes for key in stated}
        found = facts_of(path.replace('%d', '0'), stated)
        cells = {}
        for key in stated:
            lost = re.search(f'.*({PROPERTIES[key]}).*', notes, re.I)
            perhaps = re.search(f'.*({PERHAPS[key]}).*', notes) if key in PERHAPS else None
            if is_kept(key, stated, found):
                self.contradictions += [f'{name} to {target} keeps {key}: {lost[0]}'] if lost else []
                cells[key] = KEPT
            else:
                note = lost or perhaps
                cells[key] = note[0] if note else WIDENED.get(key)
        return cells

    def tables(self):
        """The text of the page, and lists of faults."""
        files, losses, rows = self.stated(), [], {}
        self.contradictions, self.refusals = [], []
        jobs = [(name, target) for name in files for target in TARGETS]
        with ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda job: self.measure(job[0], files[job[0]][1], job[1]), jobs)
            for (name, target), cells in zip(jobs, results):
                for key, cell in cells.items():
                    rows.setdefault((key, files[name][0]), {})[target] = cell
                    losses += [] if cell else [f'{name} to {target} loses {key} ({files[name][1][key]}) without a note']
        return rows, losses

    def test_conversions_keep_or_note_every_property(self):
        rows, losses = self.tables()
        faults = self.refusals + losses + self.contradictions
        for fault in faults:
            print('#', fault.replace('\n', ' '))
        self.assertEqual(len(faults), 0)
        written = render(rows)
        with open(PAGE, encoding='utf-8') as file:
            before, rest = file.read().split(BEGIN)
        shown, after = rest.split(END)
        if WRITES:
            with open(PAGE, 'w', encoding='utf-8') as file:
                file.write(before + BEGIN + written + END + after)
        else:
            self.assertEqual(shown, written, 'MIM_PEERS_UPDATE=1 writes the tables')


def reason_of(note):
    return next((reason for pattern, reason in REASONS.items() if re.search(pattern, note)), note)


def render(rows):
    """A table for each group, where sources with equal cells share a row, and the reasons."""
    reasons, lines = [], []
    for group, properties in GROUPS.items():
        lines += ['', f'**{group}**', '', '| property | from | ' + ' | '.join(TARGETS) + ' |', '|---|---|' + ':-:|' * len(TARGETS)]
        for key in properties:
            shared = {}
            for (name, form), cells in rows.items():
                if name == key:
                    marks = []
                    for target in TARGETS:
                        mark = cells[target] if cells[target] == KEPT else reason_of(cells[target])
                        if mark != KEPT and mark not in reasons:
                            reasons.append(mark)
                        marks.append(mark if mark == KEPT else chr(ord('a') + reasons.index(mark)))
                    shared.setdefault(tuple(marks), []).append(form)
            for marks, forms in shared.items():
                lines.append(f'| {key} | {", ".join(forms)} | ' + ' | '.join(marks) + ' |')
    return '\n'.join([*lines, '', *(f'- {chr(ord("a") + k)}: {reason}' for k, reason in enumerate(reasons)), '', ''])


if __name__ == '__main__':
    tap.main()
