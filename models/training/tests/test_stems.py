"""Folders of stems and .stem.mp4 files, made by ffmpeg, come back sample by sample."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np

from unbraid_training.audio import AudioError
from unbraid_training.constants import ALL_BUT_VOCALS, SAMPLE_RATE, STEMS
from unbraid_training.stems import STEM_MP4, find_songs, prepare_karaoke, prepare_stems, read_song, song_name
from unbraid_training.store import Store

FRAMES = SAMPLE_RATE


def _ffmpeg(*args: str, data: bytes | None = None) -> None:
    subprocess.run(["ffmpeg", "-v", "error", "-y", *args], input=data, check=True)


def _write(samples: np.ndarray, path: Path, *codec: str) -> None:
    raw = np.ascontiguousarray(samples.T, "<f4").tobytes()
    _ffmpeg("-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2", "-i", "-", *codec, str(path), data=raw)


@unittest.skipUnless(shutil.which("ffmpeg"), "needs ffmpeg")
class Stems(unittest.TestCase):
    def setUp(self) -> None:
        self.root = Path(tempfile.mkdtemp(prefix="unbraid-stems-"))
        self.addCleanup(shutil.rmtree, self.root)
        rng = np.random.default_rng(3)
        self.true = {stem: rng.uniform(-0.2, 0.2, (2, FRAMES)).astype(np.float32) for stem in STEMS}

    def musdb(self, name: str) -> Path:
        folder = self.root / "train" / name
        folder.mkdir(parents=True)
        for stem, samples in self.true.items():
            _write(samples, folder / f"{stem}.wav", "-c:a", "pcm_f32le")
        _write(sum(self.true.values()), folder / "mixture.wav", "-c:a", "pcm_f32le")
        return folder

    def stem_mp4(self, name: str) -> Path:
        """Five tracks in MUSDB18's order, in ALAC so that samples can be compared."""
        tracks = {0: sum(self.true.values()), **{i: self.true[stem] for stem, i in STEM_MP4.items()}}
        args: list[str] = []
        for i in range(5):
            _write(tracks[i], self.root / f"track-{i}.wav", "-c:a", "pcm_f32le")
            args += ["-i", str(self.root / f"track-{i}.wav")]
        maps = [part for i in range(5) for part in ("-map", str(i))]
        path = self.root / f"{name}.stem.mp4"
        _ffmpeg(*args, *maps, "-c:a", "alac", "-sample_fmt", "s32p", str(path))
        for i in range(5):
            (self.root / f"track-{i}.wav").unlink()
        return path

    def test_musdb_layout(self) -> None:
        folder = self.musdb("A Song")
        self.assertEqual(find_songs(self.root), [folder])
        read = read_song(folder)
        self.assertEqual(set(read), set(STEMS))
        for stem, samples in read.items():
            np.testing.assert_array_equal(samples, self.true[stem])

    def test_stem_mp4(self) -> None:
        path = self.stem_mp4("Another. Song")
        self.assertEqual(find_songs(self.root), [path])
        self.assertEqual(song_name(path), "Another. Song")
        for stem, samples in read_song(path).items():
            self.assertEqual(samples.shape, (2, FRAMES))
            np.testing.assert_allclose(samples, self.true[stem], atol=2**-22)

    def test_a_training_set_of_both(self) -> None:
        self.musdb("A Song")
        self.stem_mp4("B Song")
        out = self.root / "set"
        self.assertEqual(prepare_stems(self.root, out, [], ["C"], ["A Song:0.25-0.5"]), 2)
        songs = {song.name: song for song in Store([out]).songs}
        self.assertEqual(set(songs), {"A Song", "B Song"})
        first, last = SAMPLE_RATE // 4, SAMPLE_RATE // 2
        for name, song in songs.items():
            stems = {stem: song.read(stem, 0, FRAMES) for stem in STEMS}
            for stem, samples in stems.items():
                scale = float(samples.ravel() @ self.true[stem].ravel()) / float((samples**2).sum())
                wanted = self.true[stem] / scale
                if name == "A Song":
                    self.assertEqual(float(np.abs(samples[:, first:last]).max()), 0)
                    wanted = wanted.copy()
                    wanted[:, first:last] = 0
                self.assertLess(float(np.abs(samples - wanted).max()), 1e-3)

    def test_a_folder_without_stems(self) -> None:
        (self.root / "empty").mkdir()
        self.assertEqual(find_songs(self.root), [])
        with self.assertRaises(AudioError):
            read_song(self.root / "empty")

    def test_karaoke_clips_are_music_on_the_left_and_a_voice_on_the_right(self) -> None:
        folder = self.root / "Wavfile"
        folder.mkdir()
        music, voice = self.true["other"][0], self.true["vocals"][1]
        _write(np.stack([music, voice]), folder / "abjones_1_01.wav", "-c:a", "pcm_f32le")
        self.assertEqual(prepare_karaoke(self.root, self.root / "out"), 1)
        (song,) = Store([self.root / "out"]).songs
        self.assertEqual(song.joint, ALL_BUT_VOCALS)
        for stem, expected in (("other", music), ("vocals", voice)):
            np.testing.assert_allclose(song.read(stem, 0, FRAMES), np.stack([expected] * 2), atol=2e-5)
        _ffmpeg("-f", "lavfi", "-i", "sine=d=0.1", str(folder / "mono.wav"))
        with self.assertRaisesRegex(AudioError, "mono.wav.*two channels"):
            prepare_karaoke(self.root, self.root / "again")


if __name__ == "__main__":
    unittest.main()
