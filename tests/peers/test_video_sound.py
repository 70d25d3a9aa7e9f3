#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The sound of written videos, by ffprobe and decoded by the ffmpeg command."""

import os

import numpy as np

import tap
from peers import ffmpeg_version, text
from videopeers import VideoWriting, waves


class VideoSound(VideoWriting):
    def test_sound_is_copied_where_the_container_holds_it(self):
        source = self.sounding()
        packets = ['-v', 'error', '-map', '0:a', '-c', 'copy', '-f', 'md5', '-']
        for name in ('mp4', 'mov', 'mkv', '3gp'):
            with self.subTest(name):
                self.mim('convert', '-q', '--force', source, self.path('out.' + name))
                sound = self.audio(self.path('out.' + name))
                self.assertEqual([stream['codec_name'] for stream in sound], ['aac'])
                self.assertAlmostEqual(float(self.probe(self.path('out.' + name))['format']['duration']), 2, delta=0.03)
        self.mim('convert', '-q', '--force', source, self.path('out.mp4'))
        self.assertEqual(self.run_tool('ffmpeg', '-i', source, *packets), self.run_tool('ffmpeg', '-i', self.path('out.mp4'), *packets))

    def test_sound_that_the_container_does_not_hold_is_encoded_with_a_note(self):
        linear, companded = self.sounding('linear.mkv', 'pcm_s16le'), self.sounding('companded.mkv', 'pcm_alaw')
        for name, source, codec in (('mp4', companded, 'aac'), ('webm', linear, 'opus'), ('ogv', linear, 'vorbis'),
                                    ('mpg', linear, 'mp2')):
            with self.subTest(name):
                done = self.run_mim('convert', '--force', source, self.path('out.' + name))
                self.assertIn('the sound is re-encoded', text(done.stderr))
                self.assertEqual([stream['codec_name'] for stream in self.audio(self.path('out.' + name))], [codec])
                raw = self.run_tool('ffmpeg', '-v', 'error', '-i', self.path('out.' + name), '-map', '0:a', '-ac', 1, '-ar', 8000, '-f',
                                    's16le', '-')
                tone = np.abs(np.fft.rfft(np.frombuffer(raw, '<i2')[2000:10000]))
                self.assertEqual(np.argmax(tone), 440)

    def test_samples_are_copied_into_mp4_from_ffmpeg_6_1_on(self):
        source = self.sounding('in.mkv', 'pcm_s16le')
        done = self.run_mim('convert', '--force', source, self.path('out.mp4'))
        copies = ffmpeg_version() >= (6, 1)
        self.assertEqual([stream['codec_name'] for stream in self.audio(self.path('out.mp4'))], ['pcm_s16le' if copies else 'aac'])
        self.assertEqual('the sound is re-encoded' in text(done.stderr), not copies)
        if copies:
            packets = ['-v', 'error', '-map', '0:a', '-f', 's16le', '-']
            self.assertEqual(self.run_tool('ffmpeg', '-i', source, *packets), self.run_tool('ffmpeg', '-i', self.path('out.mp4'), *packets))

    def test_sound_by_another_codec_when_it_is_asked_for(self):
        self.mim('convert', '-q', self.sounding(), self.path('out.mkv'), '-o', 'audio_codec=flac')
        self.assertEqual([stream['codec_name'] for stream in self.audio(self.path('out.mkv'))], ['flac'])
        said = self.refuse(2, 'convert', self.path('in.mp4'), self.path('no.webm'), '-o', 'audio_codec=flac')
        self.assertIn('cannot be stored in this container', said)

    def test_sound_that_changes_its_channels_and_rate_within_a_stream(self):
        parts = []
        for channels, rate in ((2, 44100), (1, 44100), (2, 22050)):
            parts.append(self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', f'sine=440:sample_rate={rate}', '-t', 1, '-ac', channels,
                                       '-id3v2_version', 0, '-write_xing', 0, '-f', 'mp3', '-'))
        for name, pieces in (('falling', parts), ('rising', parts[::-1])):
            with self.subTest(name):
                self.put('tone.mp3', b''.join(pieces))
                path = self.write(waves(30), 'out.mkv', '-o', 'audio=' + self.path('tone.mp3'), '-o', 'audio_codec=flac')
                raw = self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-map', '0:a', '-ac', 1, '-ar', 8000, '-f', 's16le', '-')
                sound = np.frombuffer(raw, '<i2')
                self.assertAlmostEqual(len(sound) / 8000, 3, delta=0.05)
                for second in (0, 1, 2):
                    tone = np.abs(np.fft.rfft(sound[second * 8000 + 2000:second * 8000 + 6000]))
                    self.assertEqual(np.argmax(tone) * 2, 440)

    def clip(self, name, channels, codec, *more):
        """One tone in all channels."""
        self.run_tool('ffmpeg', '-v', 'error', '-y', '-f', 'lavfi', '-i', 'testsrc2=s=64x48:r=25:d=1', '-f', 'lavfi', '-i',
                      'aevalsrc=' + '|'.join(['0.2*sin(2*PI*t*440)'] * channels) + ':d=1:s=48000', '-c:v', 'mpeg4', '-c:a', codec, *more, self.path(name))
        return self.path(name)

    def heard(self, path):
        """The number of channels, after a look at the tone of each."""
        channels = self.audio(path)[0]['channels']
        raw = self.run_tool('ffmpeg', '-v', 'error', '-i', path, '-map', '0:a', '-ar', 8000, '-f', 's16le', '-')
        for tone in np.frombuffer(raw, '<i2')[:7000 * channels].reshape(-1, channels)[2000:6000].T:
            if np.abs(tone).max() > 300: # the low channel of some codecs has nothing of the tone
                self.assertEqual(np.argmax(np.abs(np.fft.rfft(tone))) * 2, 440)
        return channels

    def test_channels_are_kept_or_their_mixing_is_noted(self):
        surround = self.clip('surround.mkv', 6, 'ac3', '-af', 'aformat=channel_layouts=5.1(side)')
        four = self.clip('four.mov', 4, 'pcm_s16le', '-af', 'aformat=channel_layouts=4.0')
        for source, channels in ((surround, 6), (four, 4)):
            for name in ('webm', 'ogv', 'flv', 'mp4', 'mpeg', 'avi'):
                with self.subTest(name, channels=channels):
                    done = self.run_mim('convert', '--force', source, self.path('out.' + name))
                    self.assertEqual(done.returncode, 0, text(done.stderr))
                    found = self.heard(self.path('out.' + name))
                    self.assertIn(found, (2, channels))
                    self.assertEqual('is mixed to stereo' in text(done.stderr), found < channels, text(done.stderr))

    def test_joined_sound_has_the_channels_of_the_widest(self):
        stereo, surround = self.clip('stereo.mp4', 2, 'aac'), self.clip('surround.mkv', 6, 'ac3')
        done = self.run_mim('convert', stereo, surround, self.path('out.mkv'))
        self.assertEqual(text(done.stderr), 'mim: note: the sound is re-encoded as libopus: the sound of the inputs differs\n')
        self.assertEqual(self.heard(self.path('out.mkv')), 6)

    def test_sound_of_a_rate_or_channels_that_flv_does_not_have_is_encoded(self):
        for rate, channels, codec in ((48000, 1, 'pcm_s16le'), (44100, 2, 'pcm_s16le'), (44100, 4, 'pcm_s16le'), (48000, 2, 'libmp3lame'), (32000, 2, 'libmp3lame')):
            with self.subTest(codec, rate=rate, channels=channels):
                source = self.clip('in.mkv', channels, codec, '-ar', rate)
                done = self.run_mim('convert', '--force', source, self.path('out.flv'))
                self.assertEqual(done.returncode, 0, text(done.stderr))
                is_copied = channels == 2 and rate != 32000
                self.assertEqual('flv cannot hold' in text(done.stderr), not is_copied)
                self.assertEqual(int(self.audio(self.path('out.flv'))[0]['sample_rate']), rate)
                self.assertEqual(self.heard(self.path('out.flv')), channels)

    def test_no_sound_when_none_is_wanted(self):
        done = self.run_mim('convert', self.sounding(), self.path('out.mp4'), '-o', 'audio=none')
        self.assertEqual((self.audio(self.path('out.mp4')), text(done.stderr)), ([], ''))

    def test_sound_of_another_file(self):
        for codec, written in (('pcm_alaw', 'aac'), ('pcm_s16le', 'pcm_s16le' if ffmpeg_version() >= (6, 1) else 'aac')):
            with self.subTest(codec):
                tone = self.path(f'{codec}.wav')
                self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'sine=440', '-t', 5, '-c:a', codec, tone)
                path = self.write(waves(20), f'{codec}.mp4', '-o', 'audio=' + tone)
                self.assertEqual([stream['codec_name'] for stream in self.audio(path)], [written])
                self.assertAlmostEqual(float(self.probe(path)['format']['duration']), 2, delta=0.05)

    def test_a_file_without_sound_or_that_is_none_is_refused(self):
        self.put('text.wav', b'no sound at all' * 100)
        self.run_tool('ffmpeg', '-v', 'error', '-f', 'lavfi', '-i', 'testsrc2=s=64x48', '-t', 1, self.path('silent.mp4'))
        self.put('list.m3u8', b'#EXTM3U\n#EXTINF:1,\n' + self.path('silent.mp4').encode() + b'\n#EXT-X-ENDLIST\n')
        for name in ('text.wav', 'silent.mp4', 'list.m3u8', 'missing.wav'):
            with self.subTest(name):
                done = self.run_mim('convert', *self.raw_input(waves(2)), self.path('out.mp4'), '-o', 'audio=' + self.path(name))
                self.assertNotEqual(done.returncode, 0)
                self.assertIn(self.path(name), text(done.stderr))
                self.assertFalse(os.path.exists(self.path('out.mp4')))

    def test_what_makes_sound_senseless_is_said(self):
        source = self.sounding()
        for options, why in ((('--fps', '50'), 'fps changes'), (('--frames', '::-1'), 'in another order')):
            with self.subTest(why):
                done = self.run_mim('convert', '--force', source, self.path('out.mp4'), *options)
                self.assertIn('sound track 1 (aac, 44100 Hz, mono) is left out: ', text(done.stderr))
                self.assertIn(why, text(done.stderr))
                self.assertEqual(self.audio(self.path('out.mp4')), [])
        done = self.run_mim('convert', '--force', source, self.path('out.h264'))
        self.assertIn('is left out: a bare stream cannot hold any', text(done.stderr))
        done = self.run_mim('convert', '--force', source, self.path('out.mp4'), '--fps', '25')
        self.assertEqual(len(self.audio(self.path('out.mp4'))), 1)


if __name__ == '__main__':
    tap.main()
