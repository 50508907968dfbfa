import shutil
import tempfile
import unittest
from pathlib import Path

import numpy as np

from unbraid_training.arrange import liven
from unbraid_training.audio import encode_opus
from unbraid_training.desk import loudness, master, place_voice
from unbraid_training.drumkit import DRUM_NOTES
from unbraid_training.harmony import Note, bass_line, compose, melody
from unbraid_training.instruments import Orchestra
from unbraid_training.library import Library, prepare_library
from unbraid_training.render import render, render_excerpt
from unbraid_training.store import Store

RATE = 44100
COLUMNS = "file\tclass\tseconds\tchannels\tsource repository\tsource path\tlicence\tnote"


def make_library(folder: Path) -> Path:
    """A library of tones and clicks with one groove."""
    rng = np.random.default_rng(0)
    rows = [COLUMNS]

    def put(path: str, stem: str, wave: np.ndarray, note: str = "") -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        encode_opus(wave[None].astype(np.float32), target, 64)
        rows.append(f"{path}\t{stem}\t1\t1\tx\tx\tCC0\t{note}")

    time = np.arange(RATE) / RATE
    for stem, hertz, name in (("bass", 55.0, "a1"), ("other", 440.0, "a4")):
        for library in range(3):
            wave = 0.3 * np.sin(2 * np.pi * hertz * time)
            put(f"{stem}/lib{library}/x__{name}.opus", stem, wave, f"pitch={name}")
    for piece in ("kick", "snare", "hihat"):
        for kit in range(3):
            hit = rng.normal(0, 0.2, RATE // 4) * np.exp(-8 * time[: RATE // 4])
            put(f"drums/kit{kit}/x__{piece}.opus", "drums", hit)
    for take in range(3):
        put(f"vocals/sung/take_{take}.opus", "vocals", 0.3 * np.sin(2 * np.pi * 300 * time + 3 * np.sin(30 * time)))
    put("ir/x/samples__room.opus", "ir", rng.normal(0, 0.2, RATE // 2) * np.exp(-6 * time[: RATE // 2]))
    (folder / "samples.tsv").write_text("\n".join(rows) + "\n")
    track = b"".join(b"\x30\x99\x24\x64\x30\x89\x24\x00" for _ in range(32)) + bytes.fromhex("00ff2f00")
    midi = folder / "midi" / "groove" / "1_rock_beat_4-4.mid"
    midi.parent.mkdir(parents=True)
    header = b"MThd" + bytes.fromhex("000000060000000100 60".replace(" ", ""))
    midi.write_bytes(header + b"MTrk" + len(track).to_bytes(4, "big") + track)
    archive = folder / "library.zip"
    prepare_library([folder], archive, 0, 3, 1)
    return archive


@unittest.skipIf(shutil.which("ffmpeg") is None, "needs ffmpeg to make a library")
class RenderTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        cls.archive = make_library(cls.folder / "library")
        library = Library(cls.archive)
        held = {entry.held_out for entry in library.entries if entry.stem != "ir"}
        cls.orchestra = Orchestra(library, held == {True})

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def test_pitches_come_from_names_and_sound(self):
        found = {entry.stem: entry.pitch for entry in self.orchestra.library.entries if entry.pitch is not None}
        self.assertEqual(found, {"bass": 33, "other": 69})

    def test_notes_sound_at_their_pitch_and_time(self):
        samples = self.orchestra.pitched["other"][sorted(self.orchestra.pitched["other"])[0]]
        rng = np.random.default_rng(1)
        x = self.orchestra.play(rng, [Note(0.5, 0.4, 76, 1.0)], samples, 1.5)[0]
        self.assertEqual(np.abs(x[: RATE // 2 - 10]).max(), 0)
        peak = np.argmax(np.abs(np.fft.rfft(x[RATE // 2 : RATE // 2 + RATE // 4]))) * 4
        self.assertAlmostEqual(peak, 659, delta=12)

    def test_an_excerpt_is_the_same_for_the_same_seed(self):
        first = render_excerpt(self.orchestra, 11, 3.0)
        second = render_excerpt(self.orchestra, 11, 3.0)
        self.assertEqual(list(first), list(second))
        for stem in first:
            np.testing.assert_array_equal(first[stem], second[stem])
        other = render_excerpt(self.orchestra, 12, 3.0)
        self.assertFalse(set(first) == set(other) and all(np.array_equal(first[s], other[s]) for s in first))

    def test_excerpts_are_finite_and_inside_full_scale(self):
        for seed in range(6):
            stems = render_excerpt(self.orchestra, seed, 3.0)
            mix = sum(stems.values())
            self.assertTrue(np.all(np.isfinite(mix)))
            self.assertLessEqual(max(np.abs(x).max() for x in (mix, *stems.values())), 1.0)

    def test_a_kit_comes_apart_into_its_pieces(self):
        hits = [(0.1, 36, 1.0), (0.5, 38, 0.8), (0.9, 36, 0.9)]
        pieces = self.orchestra.drum_pieces(np.random.default_rng(1), hits, 1.2)
        self.assertEqual(set(pieces), {"kick", "snare"})
        np.testing.assert_allclose(sum(pieces.values()), self.orchestra.drum(np.random.default_rng(1), hits, 1.2), atol=1e-6)
        self.assertEqual(float(np.abs(pieces["snare"][:, : int(0.5 * RATE)]).max()), 0)
        self.assertGreater(float(np.abs(pieces["kick"][:, : int(0.5 * RATE)]).max()), 0.01)

    def test_livened_grooves_have_rides_crashes_and_falling_toms(self):
        score = compose(np.random.default_rng(1), 8.0, 0.5)
        hits = [(0.25 * i, 42, 0.5) for i in range(32)]
        heard = set()
        for seed in range(20):
            played = liven(np.random.default_rng(seed), score, hits)
            notes = {note for _, note, _ in played}
            heard |= {piece for piece, known in DRUM_NOTES.items() if notes & set(known)}
            self.assertTrue(all(0 <= start < score.seconds for start, *_ in played))
            # A groove has hats or a ride, each as often as before.
            self.assertEqual(len([note for _, note, _ in played if note == 42 or note in DRUM_NOTES["ride"]]), 32)
            crashes = [start for start, note, _ in played if note in DRUM_NOTES["crash"]]
            self.assertTrue(all(start % 2.0 == 0 for start in crashes))
            for end in range(2, 9, 2):
                toms = [note for start, note, _ in sorted(played) if note in DRUM_NOTES["tom"] and end - 2 <= start < end]
                self.assertEqual(toms, sorted(toms, reverse=True))
        self.assertEqual(heard, {"closed-hat", "ride", "crash", "tom"})

    def test_kits_play_every_stem_and_no_louder_than_the_limiter_lets_them(self):
        from unbraid_training.studies.drum_kit import STEMS, Kits

        kits = Kits(self.orchestra, seconds=4, excerpts=3)
        excerpt = kits.excerpt(np.random.default_rng(3))
        self.assertEqual(tuple(excerpt), STEMS)
        # The library has neither toms nor cymbals.
        for stem in ("toms", "cymbals"):
            self.assertEqual(float(np.abs(excerpt[stem]).max()), 0)
        self.assertGreater(float(np.abs(excerpt["kick"]).max()), 1e-3)
        self.assertLess(float(np.abs(sum(excerpt.values())).max()), 0.91)
        batch = kits.batch(np.random.default_rng(4), 6, RATE)
        self.assertEqual(tuple(batch.shape), (6, 5, 2, RATE))
        self.assertTrue(bool(batch.isfinite().all()))
        self.assertGreater(float(batch[:, 0].abs().max()), 1e-3)

    def test_a_kit_sounds_different_in_every_song(self):
        hits = [(0.1, 36, 1.0), (0.4, 38, 1.0), (0.7, 36, 1.0)]
        first = self.orchestra.drum(np.random.default_rng(1), hits, 1.2)
        again = self.orchestra.drum(np.random.default_rng(1), hits, 1.2)
        other = self.orchestra.drum(np.random.default_rng(2), hits, 1.2)
        np.testing.assert_array_equal(first, again)
        self.assertGreater(np.abs(first - other).max(), 0.01)
        # Nothing sounds before the first hit, and every hit sounds.
        self.assertEqual(np.abs(first[:, : int(0.1 * RATE) - 2]).max(), 0)
        for start, *_ in hits:
            self.assertGreater(np.abs(first[:, int(start * RATE) : int((start + 0.1) * RATE)]).max(), 0.005)

    def test_voices_are_placed_against_the_rest(self):
        rng = np.random.default_rng(3)
        inside = 0
        for _ in range(30):
            stems = {stem: rng.normal(0, 0.1, (2, 40000)).astype(np.float32) for stem in ("vocals", "drums", "other")}
            stems["vocals"] *= 0.01
            place_voice(rng, stems)
            difference = loudness(stems["vocals"]) - loudness(stems["drums"] + stems["other"])
            inside += -6.1 < difference < 6.1
        self.assertGreater(inside, 12)
        self.assertLess(inside, 28)

    def test_shards_hold_what_was_rendered_and_are_not_made_twice(self):
        out = self.folder / "set"
        held = self.orchestra.library.entries[0].held_out
        self.assertEqual(render(self.archive, out, 2, 1, 2.0, 1, held), 2)
        self.assertEqual(render(self.archive, out, 2, 1, 2.0, 1, held), 0)
        songs = Store([out]).songs
        self.assertEqual(len(songs), 2)
        stems = render_excerpt(self.orchestra, 1 << 20, 2.0)
        for stem, x in stems.items():
            np.testing.assert_allclose(songs[0].read(stem, 0, x.shape[1]), x, atol=2e-5)


class ComposeTest(unittest.TestCase):
    def test_bass_lines_stay_low_and_in_time(self):
        for seed in range(20):
            rng = np.random.default_rng(seed)
            score = compose(rng, 8.0, 0.5)
            notes = bass_line(rng, score)
            self.assertTrue(notes)
            self.assertTrue(all(20 <= note.pitch <= 50 and 0 <= note.start < 8.2 for note in notes))

    def test_melodies_keep_their_range_and_scale(self):
        rng = np.random.default_rng(4)
        score = compose(rng, 30.0, 0.5)
        allowed = {(score.tonic + step) % 12 for step in score.scale}
        for note in melody(rng, score, 55, 81):
            self.assertTrue(55 <= note.pitch <= 81)
            self.assertIn(int(note.pitch) % 12, allowed)

    def test_the_master_gives_every_stem_the_same_gain(self):
        rng = np.random.default_rng(5)
        stems = {stem: rng.normal(0, 0.3, (2, 9000)).astype(np.float32) for stem in ("vocals", "drums")}
        made = master(rng, stems)
        ratio = made["vocals"] / stems["vocals"]
        np.testing.assert_allclose(made["drums"] / stems["drums"], ratio, rtol=1e-3)
        self.assertLessEqual(np.abs(sum(made.values())).max(), 0.98)

    def test_loudness_ignores_pauses(self):
        x = np.zeros((2, 10 * 17640))
        x[:, : 2 * 17640] = 0.1
        self.assertAlmostEqual(loudness(x), -20, places=3)
