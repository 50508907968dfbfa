import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from unbraid_training import checkpoint
from unbraid_training.calibration import (
    Setting,
    _neighbours,
    judge,
    leave_one_out,
    masks_of,
    measure,
    load_rows_network,
    try_setting,
    value,
)
from unbraid_training.constants import ALL_BUT_VOCALS, ALONE, STEMS, WITH_BASS
from unbraid_training.networks import PRESETS, build
from unbraid_training.scoreboard import files_method, mixture_method, scoreboard, tables
from unbraid_training.separate import separate
from unbraid_training.store import ShardWriter, Store
from unbraid_training.validation import rows_of, song_figures, stems_of

RATE = 44100


def write_set(folder: Path, joint: int, stems: tuple[str, ...] = STEMS, seconds: float = 5.0) -> None:
    rng = np.random.default_rng(joint)
    writer = ShardWriter(folder, f"song-{joint}")
    for i, stem in enumerate(stems):
        time = np.arange(int(seconds * RATE)) / RATE
        tone = 0.1 * np.sin(2 * np.pi * 110 * 2.0**i * time)
        writer.add(f"song-{joint}", stem, np.stack([tone, tone]) + rng.normal(0, 0.02, (2, len(time))), joint)
    writer.close()


class ValidationTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.root = Path(cls.temporary.name)
        write_set(cls.root / "songs", ALONE)
        write_set(cls.root / "mixed", ALL_BUT_VOCALS, ("vocals", "other"))
        torch.manual_seed(0)
        settings = {"network": PRESETS["tiny-rows"]}
        network = build(settings["network"])
        # Uneven masks, so that settings matter, but not so wild that the transform smooths them.
        network.unembed.weight.data *= 8
        cls.path = cls.root / "tiny.pt"
        checkpoint.save(cls.path, {"settings": settings, "ema": network.state_dict()})
        cls.network = load_rows_network(cls.path)

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    def song(self, group: str):
        return Store([self.root / group]).songs[0]

    def test_only_what_is_known_is_judged(self):
        stems = np.arange(4.0)[:, None, None] * np.ones((4, 2, 8))
        song = self.song("mixed")
        self.assertEqual(set(rows_of(song, stems)), {"vocals", "accompaniment"})
        np.testing.assert_array_equal(rows_of(song, stems)["accompaniment"], 6)
        song.joint = WITH_BASS
        self.assertEqual(set(rows_of(song, stems)), {"vocals", "drums", "bass+other", "accompaniment"})

    def test_sums_over_rows_give_the_scores_of_the_whole_way(self):
        for group in ("songs", "mixed"):
            song = self.song(group)
            full = song_figures(song, separate(self.network, stems_of(song).sum(0)), 0)
            rows = measure(song, group, [self.network])
            short = judge(rows, masks_of(rows, Setting((1.0,), ((0.0,) * 4,), (1.0,))))
            self.assertEqual(set(short), set(full))
            for name, found in short.items():
                for figure in ("uSDR", "lost", "bleed"):
                    self.assertAlmostEqual(found[figure], full[name][figure], delta=0.5, msg=f"{group} {name} {figure}")

    def test_a_bias_gives_a_stem_more(self):
        rows = measure(self.song("songs"), "songs", [self.network])
        low = judge(rows, masks_of(rows, Setting((1.0,), ((0.0,) * 4,), (1.0,))))["vocals"]
        high = judge(rows, masks_of(rows, Setting((1.0,), ((2.0, 0.0, 0.0, 0.0),), (1.0,))))["vocals"]
        self.assertLess(high["lost"], low["lost"])
        self.assertGreater(high["bleed"], low["bleed"])

    def test_leaving_one_out_never_looks_at_the_song(self):
        rows = [measure(self.song(group), group, [self.network]) for group in ("songs", "mixed")]
        trials = [try_setting(rows, Setting((x,), ((0.0,) * 4,), (1.0,))) for x in (0.2, 1.0)]
        left, chosen = leave_one_out(rows, trials)
        # Of two songs each is judged by what is best for the other one.
        for i in (0, 1):
            best = max(trials, key=lambda trial: value([(rows[1 - i].group, trial.scores[1 - i])]))
            self.assertEqual(left[i], best.scores[i])
            self.assertIn(best.setting, chosen)

    def test_shares_move_between_any_two_networks(self):
        setting = Setting((1.0,) * 3, ((0.0,) * 4,) * 3, (0.5, 0.4, 0.1))
        shares = {near.shares for near in _neighbours(setting, "shares")}
        self.assertIn((0.3, 0.4, 0.3), shares)
        self.assertIn((0.6, 0.4, 0.0), shares)
        self.assertNotIn((0.7, 0.4, -0.1), shares)
        self.assertTrue(all(abs(sum(each) - 1) < 1e-9 for each in shares))

    def test_a_specialist_has_a_part_in_the_vocals_alone(self):
        rows = measure(self.song("songs"), "songs", [self.network, self.network])
        none = (0.0,) * 4
        plain = masks_of(rows, Setting((1.0, 1.0), (none, none), (1.0, 0.0)))
        special = masks_of(rows, Setting((1.0, 1.0), (none, (3.0, 0.0, 0.0, 0.0)), (1.0, 0.0), (0.5, 0.5)))
        self.assertGreater(float((special[0] - plain[0]).min()), 0)
        torch.testing.assert_close(special[1:3], plain[1:3])
        torch.testing.assert_close(special.sum(0), torch.ones_like(special[0]))
        setting = Setting((1.0,) * 3, (none,) * 3, (0.5, 0.5, 0.0), (0.0, 0.5, 0.5))
        self.assertTrue(all(near.shares[2] == 0 for near in _neighbours(setting, "shares")))
        self.assertIn((0.0, 0.3, 0.7), {near.vocals for near in _neighbours(setting, "vocal shares")})
        moved = _neighbours(setting, "specialist")
        self.assertTrue(all(near.biases[:2] == (none, none) and near.biases[2][0] != 0 for near in moved))

    def test_songs_without_estimates_are_left_out(self):
        board = scoreboard(files_method(self.root / "nothing"), self.root, ["songs", "mixed"])
        self.assertEqual(board, {"songs": {}, "mixed": {}})

    def test_tables_have_every_set_and_band(self):
        board = scoreboard(mixture_method, self.root, ["songs", "mixed"])
        text = tables(board)
        for word in ("songs: 1 songs", "mixed: 1 songs", "accompaniment", "4000-10000"):
            self.assertIn(word, text)
        # The mixture loses nothing.
        self.assertLess(board["mixed"]["song-2"]["vocals"]["lost"], -100)


if __name__ == "__main__":
    unittest.main()
