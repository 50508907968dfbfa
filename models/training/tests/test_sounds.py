import math
import shutil
import tempfile
import unittest
from pathlib import Path

import numpy as np

from unbraid_training import effects
from unbraid_training.audio import encode_opus, to_int16
from unbraid_training.catalogue import piece_of
from unbraid_training.metrics import median_sdr, si_sdr, usdr
from unbraid_training.midi import read_midi
from unbraid_training.opus import decode_opus
from unbraid_training.pitch import measure_pitch, parse_pitch, settle_pitch

RATE = 44100


def tone(hertz, seconds=0.5, level=0.3):
    return (level * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


def rms_db(x):
    return 20 * math.log10(float(np.sqrt(np.mean(np.asarray(x, np.float64) ** 2))) + 1e-12)


class EffectTest(unittest.TestCase):
    def test_filters_have_their_gains(self):
        low, high = tone(100)[None], tone(5000)[None]
        cut = effects.equalise(high, [effects.biquad("low-pass", 500)])
        self.assertLess(rms_db(cut), rms_db(high) - 35)
        boosted = effects.equalise(low, [effects.biquad("low-shelf", 1000, 6)])
        self.assertAlmostEqual(rms_db(boosted) - rms_db(low), 6, delta=0.3)
        shelf = effects.equalise(high, [effects.biquad("high-shelf", 500, -6)])
        self.assertAlmostEqual(rms_db(shelf) - rms_db(high), -6, delta=0.3)
        peak = effects.equalise(high, [effects.biquad("peak", 5000, 4)])
        self.assertAlmostEqual(rms_db(peak) - rms_db(high), 4, delta=0.3)

    def test_the_compressor_follows_its_ratio_once_settled(self):
        loud = np.stack([tone(1000, 1, 0.5)] * 2)
        level = rms_db(loud)
        made = effects.compress(loud, level - 12, 4, 0.005, 0.1)
        self.assertAlmostEqual(rms_db(made[:, 22050:]) - level, -9, delta=0.3)
        quiet = effects.compress(loud, level + 3, 4, 0.005, 0.1)
        np.testing.assert_allclose(quiet, loud, atol=1e-6)

    def test_the_limiter_keeps_the_ceiling_and_leaves_quiet_music_alone(self):
        rng = np.random.default_rng(0)
        mix = rng.normal(0, 0.5, (2, 20000))
        self.assertLessEqual(np.abs(mix * effects.limiter_gain(mix, 0.9)).max(), 0.9 + 1e-6)
        np.testing.assert_allclose(effects.limiter_gain(0.1 * np.clip(mix, -1, 1), 0.9), 1)

    def test_panning_keeps_the_power_of_mono(self):
        x = tone(440)[None]
        for position in (-1, -0.3, 0, 0.8):
            y = effects.pan(x, position)
            self.assertAlmostEqual(float((y**2).sum()), 2 * float((x**2).sum()), delta=0.01 * x.size * 0.1)
        self.assertLess(np.abs(effects.pan(x, -1)[1]).max(), 1e-6)

    def test_reverb_and_delay_begin_with_the_dry_sound(self):
        x = np.zeros((2, 4000), np.float32)
        x[:, 0] = 1
        impulse = np.zeros((1, 2000), np.float32)
        impulse[0, 500] = 1
        wet = effects.reverb(x, impulse, 0.5, 1)
        self.assertAlmostEqual(float(wet[0, 0]), 1, places=5)
        self.assertAlmostEqual(float(wet[0, 500]), 0.5, places=5)
        echo = effects.delay(x, 1000 / RATE, 0.5, 0.4)
        self.assertAlmostEqual(float(echo[0, 1000]), 0.4, places=5)
        self.assertAlmostEqual(float(echo[0, 2000]), 0.2, places=5)

    def test_formants_of_ratio_one_change_nothing(self):
        rng = np.random.default_rng(1)
        x = rng.normal(0, 0.1, (1, 8000)).astype(np.float32)
        np.testing.assert_allclose(effects.formants(x, 1.0), x, atol=1e-4)

    def test_formants_move_the_envelope_and_not_the_pitch(self):
        pulses = np.zeros(RATE, np.float32)
        pulses[::200] = 1
        x = effects.equalise(pulses[None], [effects.biquad("peak", 1000, 24, 4)])
        y = effects.formants(x, 1.5)
        self.assertAlmostEqual(measure_pitch(y[0]), measure_pitch(x[0]), delta=0.05)
        peaks = [np.argmax(np.abs(np.fft.rfft(z[0]))[400:4000]) + 400 for z in (x, y)]
        self.assertAlmostEqual(peaks[0], 1000, delta=240)
        self.assertAlmostEqual(peaks[1], 1500, delta=300)

    def test_int16_clips_instead_of_wrapping(self):
        np.testing.assert_array_equal(to_int16(np.array([[1.5, -1.5, 0.5]])), [[32767, -32768, 16384]])


class PitchTest(unittest.TestCase):
    def test_names(self):
        expected = {"c4": 60, "A4": 69, "F#1": 30, "Eb3": 51, "a0": 21, "dis5": 75, "F": None, "x4": None}
        self.assertEqual({name: parse_pitch(name) for name in expected}, expected)

    def test_measured_within_a_twentieth_of_a_semitone(self):
        for note in (28, 45, 69, 88):
            hertz = 440 * 2 ** ((note - 69) / 12)
            wave = sum(tone(hertz * n, level=0.2 / n) for n in range(1, 6))
            self.assertAlmostEqual(measure_pitch(wave), note, delta=0.05)

    def test_noise_has_no_pitch(self):
        self.assertIsNone(measure_pitch(np.random.default_rng(0).normal(0, 0.1, 20000)))

    def test_the_sound_settles_the_octave_and_the_name_the_note(self):
        self.assertEqual(settle_pitch(60, 48.1), 48)
        self.assertEqual(settle_pitch(60, 55.0), 60)
        self.assertEqual(settle_pitch(None, 51.5), 51.5)
        self.assertEqual(settle_pitch(60, None), 60)


class FileTest(unittest.TestCase):
    def test_opus_decodes_with_its_length_and_sound(self):
        if shutil.which("ffmpeg") is None:
            self.skipTest("needs ffmpeg to encode")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.opus"
            wave = np.stack([tone(440), 0.5 * tone(880)])
            encode_opus(wave, path, 128)
            made = decode_opus(path.read_bytes())
        self.assertAlmostEqual(made.shape[1], wave.shape[1], delta=2)
        middle = slice(4000, 18000)
        self.assertLess(rms_db(made[:, middle] - wave[:, middle]), rms_db(wave) - 25)

    def test_midi_running_status_tempo_and_note_off_by_velocity_0(self):
        track = bytes.fromhex("00ff5103 07a120 00 993c64 60 3c00 00 2640 8100 2600 00ff2f00".replace(" ", ""))
        data = b"MThd" + bytes.fromhex("00000006 0000 0001 0060".replace(" ", ""))
        data += b"MTrk" + len(track).to_bytes(4, "big") + track
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.mid"
            path.write_bytes(data)
            song = read_midi(path)
            path.write_bytes(data[:-9])
            read_midi(path)  # a cut file must not raise
        self.assertEqual(song["beat"], 0.5)
        self.assertEqual(song["notes"][0], [0.0, 0.5, 60, 100, 9, 0])
        self.assertEqual(song["notes"][1][0], 0.5)
        self.assertAlmostEqual(song["notes"][1][1], 128 / 96 * 0.5, places=3)

    def test_drum_pieces_by_name(self):
        names = {"KdrumL_3": "kick", "HihatOpen_7": "open-hat", "hihat-closed": "closed-hat", "sd_01": "snare",
                 "tom-02": "tom", "China_1": "crash", "RideL_7": "ride", "reverb_clap1": "clap",
                 "bongo-h": "percussion", "loop_amen": None}
        self.assertEqual({name: piece_of(name) for name in names}, names)


class MetricTest(unittest.TestCase):
    def setUp(self):
        rng = np.random.default_rng(2)
        self.true = rng.normal(0, 0.1, (2, 3 * RATE))
        self.noise = rng.normal(0, 0.1, (2, 3 * RATE))

    def test_usdr_is_the_energy_ratio(self):
        made = self.true + 0.1 * self.noise
        expected = 10 * np.log10((self.true**2).sum() / (0.01 * (self.noise**2).sum()))
        self.assertAlmostEqual(usdr(self.true, made), expected, places=3)

    def test_si_sdr_forgives_a_gain_and_usdr_does_not(self):
        self.assertGreater(si_sdr(self.true, 0.5 * self.true), 60)
        self.assertAlmostEqual(usdr(self.true, 0.5 * self.true), 6.02, places=2)

    def test_the_median_leaves_out_silent_windows(self):
        made = self.true + 0.1 * self.noise
        made[:, :RATE] = self.true[:, :RATE]
        self.true[:, :RATE] = 0
        self.assertAlmostEqual(median_sdr(self.true, made), 20, delta=0.3)
        self.assertTrue(math.isnan(median_sdr(0 * self.true, made)))
