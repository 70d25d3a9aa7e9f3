#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sound of joined inputs and of ranges, further tracks, subtitles, chapters and languages, decoded by the ffmpeg command."""

import json

import numpy as np

import tap
from peers import text
from videopeers import VideoWriting

RATE = 8000
WINDOW = 0.04
FRAME = 0.027  # seconds of the longest frame of sound that is written here, of MP3 at 44100 Hz
TONES = (440, 1000, 1600, 2000)
CONTAINERS = ('mp4', 'mov', 'mkv', 'webm', 'avi', 'ts')

SUBTITLES = '1\n00:00:00,200 --> 00:00:00,600\nhello\n\n2\n00:00:01,000 --> 00:00:01,500\nworld\n'
CHAPTERS = ';FFMETADATA1\n' + ''.join(f'[CHAPTER]\nTIMEBASE=1/1000\nSTART={start}\nEND={end}\ntitle={title}\n'
                                      for start, end, title in ((0, 1000, 'One'), (1000, 2000, 'Two')))


class VideoTracks(VideoWriting):
    def clip(self, name, tone, codec='aac', seconds=1, *more):
        """A video with one tone; None: without sound."""
        sound = () if tone is None else ('-f', 'lavfi', '-i', f'sine={tone}:d={seconds}:sample_rate=44100')
        self.run_tool('ffmpeg', '-v', 'error', '-y', *more, '-f', 'lavfi', '-i', f'testsrc2=s=64x48:r=25:d={seconds}', *sound, '-c:v', 'mpeg4',
                      '-c:a', codec, self.path(name))
        return self.path(name)

    def steps(self):
        """Three seconds, each with another tone."""
        tones = 'if(lt(t,1),440,if(lt(t,2),1000,1600))'
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=3', '-f', 'lavfi', '-i',
                      f"aevalsrc='0.3*sin(2*PI*t*{tones})':d=3:s=44100", '-c:v', 'mpeg4', '-c:a', 'aac', self.path('steps.mp4'))
        return self.path('steps.mp4')

    def full(self, name='full.mkv', *more):
        """Two languages of sound, subtitles and chapters."""
        self.put('subtitles.srt', SUBTITLES.encode())
        self.put('chapters.txt', CHAPTERS.encode())
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25', '-f', 'lavfi', '-i', 'sine=440', '-f', 'lavfi', '-i',
                      'sine=1000', '-i', self.path('subtitles.srt'), '-i', self.path('chapters.txt'), '-map', 0, '-map', 1, '-map', 2, '-map', 3,
                      '-map_metadata', 4, '-t', 2, '-c:v', 'mpeg4', '-c:a', 'libopus', '-c:s', 'srt', '-metadata:s:a:0', 'language=ita',
                      '-metadata:s:a:1', 'language=fra', '-metadata:s:s:0', 'language=spa', *more, self.path(name))
        return self.path(name)

    def convert(self, *arguments):
        """Convert, and return the notes."""
        done = self.run_mim('convert', '--force', *arguments)
        self.assertEqual(done.returncode, 0, text(done.stderr))
        return text(done.stderr)

    def tones(self, path, track=0, by_times=True):
        """[(second, tone)] of each change, 0 for silence; by the times of packets, or by counting samples as simple players do."""
        place = ('-af', 'aresample=async=1:first_pts=0') if by_times else ()
        raw = self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-map', f'0:a:{track}', *place, '-ac', 1, '-ar', RATE, '-f', 'f32le', '-')
        sound, size, heard = np.frombuffer(raw, '<f4'), int(RATE * WINDOW), []
        for first in range(0, len(sound) - size, size // 8):
            window = sound[first:first + size] * np.hanning(size)
            peak = np.argmax(np.abs(np.fft.rfft(window, 8 * size))) / (8 * WINDOW)
            tone = min(TONES, key=lambda known: abs(known - peak)) if np.sqrt(np.mean(window ** 2)) > 0.004 else 0
            if not heard or heard[-1][1] != tone:
                heard.append([first / RATE + WINDOW / 2, tone, 0])
            heard[-1][2] += 1
        kept = []
        for moment, tone, count in heard:
            if count > 6 and (not kept or kept[-1][1] != tone):
                kept.append((moment, tone))
        return kept

    def check_tones(self, path, expected, **how):
        heard = self.tones(path, **how)
        self.assertEqual([tone for _, tone in heard], [tone for _, tone in expected], heard)
        for (moment, _), (due, _) in zip(heard[1:], expected[1:]):
            self.assertAlmostEqual(moment, due, delta=FRAME + WINDOW / 4)

    def subtitles(self, path):
        said = self.run_tool('ffprobe', '-v', 'error', '-select_streams', 's', '-show_entries', 'packet=pts_time,duration_time,size', '-of', 'json', path)
        packets = [packet for packet in json.loads(said)['packets'] if int(packet['size']) > 2]
        return [(float(packet['pts_time']), float(packet['pts_time']) + float(packet['duration_time'])) for packet in packets]

    def chapters(self, path):
        said = json.loads(self.run_tool('ffprobe', '-v', 'error', '-of', 'json', '-show_chapters', path))['chapters']
        return [(float(chapter['start_time']), float(chapter['end_time']), chapter['tags']['title']) for chapter in said]

    def languages(self, path, kind):
        return [stream.get('tags', {}).get('language') for stream in self.probe(path)['streams'] if stream['codec_type'] == kind]

    # --- joined inputs ---

    def test_equal_sound_of_joined_inputs_is_copied_in_time(self):
        inputs = [self.clip('a.mp4', 440), self.clip('b.mp4', 1000), self.clip('c.mp4', 1600)]
        for name in ('mp4', 'mov', 'mkv', 'avi', 'ts'):
            with self.subTest(name):
                self.assertEqual(self.convert(*inputs, self.path('out.' + name)), '')
                self.assertEqual([stream['codec_name'] for stream in self.audio(self.path('out.' + name))], ['aac'])
                for by_times in (True, False):
                    self.check_tones(self.path('out.' + name), [(0, 440), (1, 1000), (2, 1600)], by_times=by_times)

    def test_copies_do_not_drift_with_the_number_of_inputs(self):
        source = self.clip('a.mp4', 440), self.clip('b.mp4', 1000)
        self.convert(*(source * 8), self.path('out.mp4'))
        self.check_tones(self.path('out.mp4'), [(i, (440, 1000)[i % 2]) for i in range(16)], by_times=False)

    def test_unequal_sound_of_joined_inputs_is_encoded_in_time(self):
        inputs = [self.clip('a.mp4', 440), self.clip('b.mp4', 1000, 'libmp3lame'), self.clip('c.mkv', 1600, 'libopus')]
        for name in CONTAINERS:
            with self.subTest(name):
                self.assertIn('the sound is re-encoded', self.convert(*inputs, self.path('out.' + name)))
                self.check_tones(self.path('out.' + name), [(0, 440), (1, 1000), (2, 1600)], by_times=False)

    def test_inputs_without_sound_are_silent(self):
        with_sound, without = self.clip('a.mp4', 440), self.clip('silent.mp4', None)
        self.put('frame.gif', self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=1', '-f', 'gif', '-'))
        for name in CONTAINERS:
            for other in (without, self.path('frame.gif')):
                with self.subTest((name, other)):
                    self.convert(with_sound, other, with_sound, self.path('out.' + name))
                    self.check_tones(self.path('out.' + name), [(0, 440), (1, 0), (2, 440)], by_times=False)
                    self.convert(other, with_sound, self.path('out.' + name))
                    self.check_tones(self.path('out.' + name), [(0, 0), (1, 440)], by_times=False)

    def test_sound_that_begins_late_does_so_in_joined_inputs_too(self):
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=2', '-itsoffset', 0.5, '-f', 'lavfi', '-i', 'sine=440:d=1',
                      '-c:v', 'mpeg4', '-c:a', 'aac', self.path('late.mp4'))
        for name in CONTAINERS:
            with self.subTest(name):
                self.convert(self.path('late.mp4'), self.path('late.mp4'), self.path('out.' + name))
                self.check_tones(self.path('out.' + name), [(0, 0), (0.5, 440), (1.5, 0), (2.5, 440), (3.5, 0)], by_times=False)
        for name in ('mp4', 'mkv', 'webm', 'avi'):
            with self.subTest(name):
                self.convert(self.path('late.mp4'), self.path('out.' + name))
                self.assertEqual([tone for _, tone in self.tones(self.path('out.' + name))][:2], [0, 440])
                self.assertAlmostEqual(self.tones(self.path('out.' + name))[1][0], 0.5, delta=FRAME + WINDOW / 4)

    def test_sound_that_lasts_longer_than_the_picture_is_kept_or_its_end_is_noted(self):
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=1', '-f', 'lavfi', '-i', 'sine=1000:d=2', '-c:v', 'mpeg4',
                      '-c:a', 'aac', self.path('long.mp4'))
        for name in CONTAINERS:
            with self.subTest(name):
                self.convert(self.path('long.mp4'), self.path('out.' + name))
                raw = self.run_tool('ffmpeg', '-v', 'error', '-i', self.path('out.' + name), '-map', '0:a', '-ac', 1, '-ar', RATE, '-f', 's16le', '-')
                self.assertAlmostEqual(len(raw) / 2 / RATE, 2, delta=0.06)
        notes = self.convert(self.path('long.mp4'), self.clip('a.mp4', 440), self.path('out.mp4'))
        self.assertIn('sound that lasts longer than the picture of its input is cut', notes)
        self.check_tones(self.path('out.mp4'), [(0, 1000), (1, 440)], by_times=False)

    # --- ranges ---

    def test_a_range_takes_its_range_of_the_sound(self):
        source = self.steps()
        for name in CONTAINERS:
            for frames, expected in (('20:60', [(0, 440), (0.2, 1000), (1.2, 1600)]), ('30:', [(0, 1000), (0.8, 1600)]),
                                     ('10:20,30:40', [(0, 440), (0.4, 1000)])):
                with self.subTest((name, frames)):
                    self.convert('--frames', frames, source, self.path('out.' + name))
                    self.check_tones(self.path('out.' + name), expected, by_times=False)
                    moments = self.times(self.path('out.' + name))
                    raw = self.run_tool('ffmpeg', '-v', 'error', '-i', self.path('out.' + name), '-map', '0:a', '-ac', 1, '-ar', RATE, '-f', 's16le', '-')
                    self.assertAlmostEqual(len(raw) / 2 / RATE, moments[-1] + 0.04, delta=0.07)

    def test_frames_in_another_order_have_no_sound_and_a_note(self):
        source = self.steps()
        for frames in ('::-1', '10:20,5:8', '3,3,3'):
            with self.subTest(frames):
                self.assertIn('is left out: frames are repeated or in another order', self.convert('--frames', frames, source, self.path('out.mp4')))
                self.assertEqual(self.audio(self.path('out.mp4')), [])

    # --- further tracks ---

    def test_both_languages_of_sound_are_kept(self):
        source = self.full()
        for name, tracks in (('mp4', 2), ('mkv', 2), ('webm', 2), ('ts', 2), ('avi', 2), ('flv', 1)):
            with self.subTest(name):
                notes = self.convert(source, self.path('out.' + name))
                self.assertEqual(len(self.audio(self.path('out.' + name))), tracks)
                self.assertEqual('further track' in notes, tracks == 1)
                for track in range(tracks):
                    self.check_tones(self.path('out.' + name), [(0, (440, 1000)[track])], track=track)
                if name not in ('avi', 'flv'):
                    self.assertEqual(self.languages(self.path('out.' + name), 'audio'), ['ita', 'fra'])

    def test_languages_are_kept_or_noted(self):
        for language, kept in (('fra', ('mp4', 'mov', '3gp', 'mkv', 'webm', 'ts', 'wmv', 'ogv')), ('afr', ('mp4', '3gp', 'mkv', 'webm', 'ts', 'wmv', 'ogv')),
                               ('en-US', ('mkv', 'webm', 'ogv'))):
            self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25', '-f', 'lavfi', '-i', 'sine=440', '-t', 1,
                          '-metadata:s:a:0', 'language=' + language, '-metadata:s:v:0', 'language=deu', self.path('in.mkv'))
            for name in ('mp4', 'mov', '3gp', 'mkv', 'webm', 'avi', 'mpeg', 'ts', 'wmv', 'flv', 'ogv'):
                with self.subTest(language, name=name):
                    notes = self.convert(self.path('in.mkv'), self.path('out.' + name))
                    found = self.languages(self.path('out.' + name), 'audio')[0]
                    self.assertEqual(found not in (None, 'und'), name in kept)
                    self.assertEqual(f"the language '{language}' of a track is left out: {name} cannot hold it" in notes, name not in kept)

    def test_mov_takes_the_code_of_a_language_that_quicktime_has(self):
        for language, code in (('deu', 'ger'), ('fre', 'fra'), ('zho', 'chi'), ('slo', 'slk')):
            self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25', '-f', 'lavfi', '-i', 'sine=440', '-t', 1,
                          '-metadata:s:a:0', 'language=' + language, self.path('in.mkv'))
            self.assertNotIn('language', self.convert(self.path('in.mkv'), self.path('out.mov')))
            self.assertEqual(self.languages(self.path('out.mov'), 'audio'), [code])

    def test_subtitles_that_overlap_begin_in_time(self):
        self.put('overlap.srt', b''.join(b'%d\n00:00:0%d,%d00 --> 00:00:0%d,%d00\nline\n\n' % line
                                         for line in ((1, 0, 2, 0, 8), (2, 0, 5, 1, 2), (3, 1, 0, 1, 4), (4, 1, 6, 1, 8))))
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=2', '-i', self.path('overlap.srt'), '-c:v', 'mpeg4',
                      '-c:s', 'srt', self.path('in.mkv'))
        for name, expected in (('mkv', [(0.2, 0.8), (0.5, 1.2), (1, 1.4), (1.6, 1.8)]), ('mp4', [(0.2, 0.5), (0.5, 1), (1, 1.4), (1.6, 1.8)]),
                               ('mov', [(0.2, 0.5), (0.5, 1), (1, 1.4), (1.6, 1.8)])):
            with self.subTest(name):
                notes = self.convert(self.path('in.mkv'), self.path('out.' + name))
                np.testing.assert_allclose(self.subtitles(self.path('out.' + name)), expected, atol=0.03)
                self.assertEqual('a subtitle is cut where the next begins: mov_text shows one at a time (2 times)' in notes, name != 'mkv', notes)

    def test_tags_that_ffmpeg_writes_are_kept(self):
        tags = {key: 'A' + key for key in ('title', 'artist', 'album_artist', 'composer', 'album', 'grouping', 'genre', 'comment', 'copyright', 'lyrics',
                                           'description', 'synopsis', 'show', 'episode_id', 'network', 'keywords', 'make', 'model')}
        tags.update({'date': '2020', 'location': '+01.0000+002.0000/', 'disc': '1/2', 'track': '3/9'})
        words = [word for key, value in tags.items() for word in ('-metadata', f'{key}={value}')]
        for name in ('mp4', 'mov'):
            self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=0.2', '-c:v', 'mpeg4', *words, self.path('in.' + name))
            self.assertEqual(self.convert(self.path('in.' + name), self.path('out.' + name)), '')
            first, second = ({key: value for key, value in self.probe(self.path(kind + name))['format']['tags'].items() if key in tags}
                             for kind in ('in.', 'out.'))
            self.assertEqual(first, second)
            self.assertGreater(len(first), 9)

    def test_titles_of_tracks_are_kept_or_noted(self):
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25', '-f', 'lavfi', '-i', 'sine=440', '-t', 1,
                      '-metadata:s:a:0', 'title=Voice', self.path('in.mkv'))
        for name in ('mp4', 'mov', 'mkv', 'webm', 'avi', 'ts', 'wmv', 'ogv'):
            with self.subTest(name):
                notes = self.convert(self.path('in.mkv'), self.path('out.' + name))
                kept = self.audio(self.path('out.' + name))[0].get('tags', {}).get('title') == 'Voice'
                self.assertEqual("the title 'Voice' of a track is left out" in notes, not kept)

    def test_a_further_video_track_is_copied_with_its_framing(self):
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=1', '-f', 'lavfi', '-i', 'testsrc=s=64x48:r=25:d=1', '-map', 0,
                      '-map', 1, '-c:v', 'libx264', '-bf', 0, self.path('two.mp4'))
        expected = self.run_tool('ffmpeg', '-v', 'error', '-i', self.path('two.mp4'), '-map', '0:v:1', '-f', 'rawvideo', '-')
        for name in ('avi', 'mkv', 'mov', 'mp4'):
            with self.subTest(name):
                self.assertEqual(self.convert(self.path('two.mp4'), self.path('out.' + name)), '')
                self.assertTrue(expected == self.run_tool('ffmpeg', '-v', 'error', '-i', self.path('out.' + name), '-map', '0:v:1', '-f', 'rawvideo', '-'))

    def test_subtitles_and_chapters_are_kept_or_noted(self):
        source = self.full()
        for name, codec in (('mp4', 'mov_text'), ('mov', 'mov_text'), ('mkv', 'subrip'), ('webm', 'webvtt'), ('avi', None)):
            with self.subTest(name):
                path = self.path('out.' + name)
                notes = self.convert(source, path)
                found = [stream['codec_name'] for stream in self.probe(path)['streams'] if stream['codec_type'] == 'subtitle']
                self.assertEqual(found, [codec] if codec else [])
                if not codec:
                    self.assertIn('subtitle track 3 (subrip, spa) is left out: avi cannot hold subrip', notes)
                    self.assertIn('chapters (2) are left out: avi cannot hold chapters', notes)
                    continue
                self.assertEqual(self.languages(path, 'subtitle'), ['spa'])
                np.testing.assert_allclose(self.subtitles(path), [(0.2, 0.6), (1, 1.5)], atol=0.03)
                for (start, end, title), due in zip(self.chapters(path), ((0, 1, 'One'), (1, 2, 'Two')), strict=True):
                    np.testing.assert_allclose((start, end), due[:2], atol=0.03)
                    self.assertEqual(title, due[2])

    def test_subtitles_and_chapters_follow_ranges_and_joined_inputs(self):
        source = self.full()
        for name in ('mp4', 'mkv', 'webm'):
            with self.subTest(name):
                self.convert('--frames', '10:30', source, self.path('out.' + name))
                np.testing.assert_allclose(self.subtitles(self.path('out.' + name)), [(0, 0.2), (0.6, 0.8)], atol=0.03)
                np.testing.assert_allclose([item[:2] for item in self.chapters(self.path('out.' + name))], [(0, 0.6), (0.6, 0.8)], atol=0.03)
                self.convert(source, source, self.path('out.' + name))
                np.testing.assert_allclose(self.subtitles(self.path('out.' + name)), [(0.2, 0.6), (1, 1.5), (2.2, 2.6), (3, 3.5)], atol=0.03)
                np.testing.assert_allclose([item[0] for item in self.chapters(self.path('out.' + name))], [0, 1, 2, 3], atol=0.03)

    def test_a_second_video_track_is_copied_as_a_whole(self):
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=1', '-f', 'lavfi', '-i', 'testsrc2=s=32x24:r=25:d=1',
                      '-map', 0, '-map', 1, '-c:v', 'mpeg4', self.path('two.mkv'))
        packets = ['-v', 'error', '-c', 'copy', '-f', 'md5', '-']
        for name in ('mp4', 'mkv', 'avi'):
            with self.subTest(name):
                self.convert(self.path('two.mkv'), self.path('out.' + name))
                widths = [stream['width'] for stream in self.probe(self.path('out.' + name))['streams'] if stream['codec_type'] == 'video']
                self.assertEqual(widths, [64, 32])
        self.convert(self.path('two.mkv'), self.path('out.mkv'))
        self.assertEqual(self.run_tool('ffmpeg', '-i', self.path('two.mkv'), '-map', '0:1', *packets),
                         self.run_tool('ffmpeg', '-i', self.path('out.mkv'), '-map', '0:1', *packets))
        self.assertIn('a further video track is only copied as a whole', self.convert('--frames', '5:', self.path('two.mkv'), self.path('out.mkv')))
        self.convert('-i', 'stream=1', self.path('two.mkv'), self.path('out.mkv'))
        widths = [stream['width'] for stream in self.probe(self.path('out.mkv'))['streams']]
        self.assertEqual(widths, [32, 64])

    def test_attachments_are_kept_by_matroska(self):
        self.put('notes.txt', b'some notes')
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=1', '-attach', self.path('notes.txt'), '-metadata:s:t',
                      'mimetype=text/plain', '-c:v', 'mpeg4', self.path('in.mkv'))
        self.assertEqual(self.convert(self.path('in.mkv'), self.path('out.mkv')), '')
        tags = [stream['tags'] for stream in self.probe(self.path('out.mkv'))['streams'] if stream['codec_type'] == 'attachment']
        self.assertEqual([(tag['filename'], tag['mimetype']) for tag in tags], [('notes.txt', 'text/plain')])
        self.assertIn('attachment 1', self.convert(self.path('in.mkv'), self.path('out.mp4')))

    def test_formats_without_tracks_note_all_of_them(self):
        notes = self.convert(self.full(), self.path('out.gif'))
        self.assertIn('sound track 1 (opus, 48000 Hz, mono, ita), sound track 2 (opus, 48000 Hz, mono, fra) are left out: gif cannot hold sound', notes)
        self.assertIn('subtitle track 3 (subrip, spa) is left out: gif cannot hold subtitles', notes)
        self.assertIn('chapters (2) are left out: gif cannot hold chapters', notes)

    def test_info_lists_them(self):
        facts, = json.loads(self.mim('info', '--json', self.full()))
        self.assertEqual([(item['kind'], item['index']) for item in facts['also_holds']],
                         [('sound', 1), ('sound', 2), ('subtitles', 3), ('chapters', 0)])
        self.assertIn('also holds       subtitle track 3 (subrip, spa)', text(self.mim('info', self.path('full.mkv'))))


if __name__ == '__main__':
    tap.main()
