import tempfile
import unittest
from pathlib import Path
from unittest import mock

import numpy as np
import torch

from unbraid_training import checkpoint, train
from unbraid_training.constants import ALL_BUT_VOCALS, ALONE, BASS, DRUMS, HOP, OTHER, STEMS, VOCALS
from unbraid_training.networks import PRESETS
from unbraid_training.remix import Remixer, RemixSettings, even, loud_level
from unbraid_training.store import ShardWriter, Store
from unbraid_training.train import Trainer, TrainSettings, remix_settings, run, settings_from

SAMPLES = 7 * HOP


def make_store(folder: Path) -> Store:
    rng = np.random.default_rng(3)
    writer = ShardWriter(folder, "song-a")
    for stem in STEMS:
        writer.add("a", stem, rng.normal(0, 0.1, (2, 60000)))
    writer.close()
    writer = ShardWriter(folder, "song-b")
    writer.add("b", "other", rng.normal(0, 0.1, (2, 50000)), joint=True)
    writer.close()
    return Store([folder])


def make_trainer(name: str = "tiny-rows") -> Trainer:
    return Trainer(TrainSettings(network=PRESETS[name], batch=2, steps=1000), torch.device("cpu"))


class TrainingTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        self.store = make_store(self.folder / "set")
        torch.set_num_threads(1)

    def remixer(self, **settings) -> Remixer:
        return Remixer(self.store, 5, RemixSettings(samples=SAMPLES, **settings))

    def test_a_resumed_run_takes_exactly_the_next_steps(self):
        for name in ("tiny-rows", "tiny-unet", "tiny-bandsplit"):
            first, remixer = make_trainer(name), self.remixer()
            for _ in range(2):
                first.step(*remixer.batch(2))
            path = self.folder / f"{name}.pt"
            checkpoint.save(path, first.state(remixer))
            expected = [first.step(*remixer.batch(2))["loss"] for _ in range(2)]
            second, again = make_trainer(name), self.remixer()
            second.restore(checkpoint.load(path), again)
            self.assertEqual([second.step(*again.batch(2))["loss"] for _ in range(2)], expected)
            for mine, other in zip(first.ema.network.state_dict().values(), second.ema.network.state_dict().values()):
                torch.testing.assert_close(mine, other, rtol=0, atol=0)

    def test_a_run_that_goes_on_draws_examples_as_before(self):
        state = make_trainer().state(self.remixer(song_share=0.3, vocals_share=0.7))
        kept = remix_settings(state, song_share=None, vocals_share=None)
        self.assertEqual((kept.song_share, kept.vocals_share), (0.3, 0.7))
        self.assertEqual(remix_settings(state, song_share=0.4).song_share, 0.4)
        self.assertEqual(remix_settings(None, song_share=None), RemixSettings())

    def test_a_batch_judged_by_vocals_and_rest_alone_has_the_loss_of_such_examples(self):
        trainer = make_trainer()
        # Four examples; with one that is judged by every stem the whole batch takes the longer way.
        stems, _ = self.remixer(absent=0).batch(4)
        trainer.network.eval()
        short = trainer.loss(stems, torch.full((4,), ALL_BUT_VOCALS)).item()
        parts = [trainer.loss(stems[[i, i]], torch.tensor([ALL_BUT_VOCALS, ALONE])).item() for i in range(4)]
        alone = [trainer.loss(stems[[i, i]], torch.tensor([ALONE, ALONE])).item() for i in range(4)]
        self.assertAlmostEqual(short, float(np.mean([2 * both - own for both, own in zip(parts, alone)])), places=4)

    def test_a_batch_that_overflows_changes_no_weight_and_no_norm(self):
        trainer, remixer = make_trainer(), self.remixer()
        stems, joint = remixer.batch(2)
        trainer.step(stems, joint)
        before = {name: value.clone() for name, value in trainer.network.state_dict().items()}
        stems[0, 0, 0, 3] = float("inf")
        trainer.step(stems, joint)
        for name, value in trainer.network.state_dict().items():
            self.assertTrue(torch.isfinite(value).all(), name)
            if "num_batches_tracked" not in name:
                torch.testing.assert_close(value, before[name], rtol=0, atol=0, msg=name)
        trainer.step(*remixer.batch(2))
        self.assertTrue(all(torch.isfinite(value).all() for value in trainer.ema.network.state_dict().values()))

    def test_a_packed_checkpoint_keeps_numbers_that_float16_cannot_hold(self):
        trainer = make_trainer()
        name, large = next((n, v) for n, v in trainer.ema.network.named_buffers() if n.endswith("running_var"))
        large.fill_(1e5)
        path, packed = self.folder / "whole.pt", self.folder / "packed.pt"
        checkpoint.save(path, trainer.state(None))
        checkpoint.pack(path, packed, average_only=True)
        kept = checkpoint.load(packed)["ema"]
        self.assertTrue(torch.equal(kept[name], large))
        self.assertTrue(any(value.dtype == torch.float16 for value in kept.values()))

    def test_a_packed_checkpoint_goes_on_at_its_step(self):
        first, remixer = make_trainer(), self.remixer()
        for _ in range(3):
            first.step(*remixer.batch(2))
        checkpoint.save(self.folder / "whole.pt", first.state(remixer))
        checkpoint.pack(self.folder / "whole.pt", self.folder / "packed.pt")
        self.assertLess((self.folder / "packed.pt").stat().st_size, 0.5 * (self.folder / "whole.pt").stat().st_size)
        second = make_trainer()
        second.resume(checkpoint.load(self.folder / "packed.pt"))
        self.assertEqual(second.steps, 3)
        for mine, other in zip(first.ema.network.state_dict().values(), second.ema.network.state_dict().values()):
            torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-4)
        checkpoint.pack(self.folder / "whole.pt", self.folder / "average.pt", average_only=True, steps=700)
        third = make_trainer()
        third.resume(checkpoint.load(self.folder / "average.pt"))
        self.assertEqual(third.steps, 700)
        for mine, other in zip(third.network.state_dict().values(), first.ema.network.state_dict().values()):
            torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-4)
        # The optimiser is new, so the rate begins low again, though the schedule goes on.
        self.assertAlmostEqual(second.learning_rate(), make_trainer().learning_rate(), delta=1e-6)
        self.assertEqual(second.progress(), first.progress())

    def test_training_lowers_the_loss(self):
        trainer = make_trainer()
        trainer.settings.warmup = 1
        stems, joint = self.remixer(absent=0).batch(2)
        # Stems of unlike levels: an even share of the mixture is far from the best mask.
        stems = stems * torch.tensor([1.0, 0.3, 0.1, 0.03]).reshape(1, 4, 1, 1)
        losses = [trainer.step(stems, joint)["loss"] for _ in range(40)]
        self.assertLess(losses[-1], 0.97 * losses[0])

    def test_mixed_precision_is_for_processors_that_have_it(self):
        cpu = torch.device("cpu")
        for has, expected in ((True, torch.bfloat16), (False, None)):
            with mock.patch.object(train, "_has_bfloat16", return_value=has):
                self.assertEqual(train._amp_type("auto", cpu), expected)
                self.assertEqual(train._amp_type("on", cpu), torch.bfloat16)
                self.assertIsNone(train._amp_type("off", cpu))
                self.assertEqual(train._amp_type("auto", torch.device("cuda")), torch.bfloat16)

    def test_a_run_ends_at_its_budget_and_saves(self):
        trainer = make_trainer()
        trainer.settings.steps = 3
        out = self.folder / "run"
        run(trainer, self.remixer(), out, log_every=2)
        state = checkpoint.load(out / "last.pt")
        self.assertEqual(state["steps"], 3)
        self.assertEqual(settings_from(state), trainer.settings)
        self.assertEqual(len((out / "log.ndjson").read_text().splitlines()), 1)

    def test_steps_with_undefined_gradients_leave_the_weights_alone(self):
        trainer = make_trainer()
        before = [p.clone() for p in trainer.network.parameters()]
        trainer.step(torch.full((1, 4, 2, SAMPLES), float("nan")), torch.tensor([False]))
        for old, new in zip(before, trainer.network.parameters()):
            torch.testing.assert_close(old, new, rtol=0, atol=0)

    def test_the_store_gives_back_samples_and_silence_outside(self):
        rng = np.random.default_rng(3)
        expected = rng.normal(0, 0.1, (2, 60000))
        song = self.store.songs[0]
        np.testing.assert_allclose(song.read("vocals", 100, 50), expected[:, 100:150], atol=2e-5)
        late = song.read("vocals", 59990, 20)
        np.testing.assert_allclose(late[:, :10], expected[:, 59990:], atol=2e-5)
        self.assertEqual(np.abs(late[:, 10:]).max(), 0)
        self.assertEqual(np.abs(self.store.songs[1].read("bass", 0, 10)).max(), 0)

    def test_coherent_examples_keep_the_balance_but_for_gains(self):
        plain = {"gain_db": (0, 0), "swap": 0, "resample": 0, "place_voice": False, "mono": 0, "dull": 0}
        remixer = self.remixer(coherent=1, absent=0, song_share=1, **plain)
        self.store.songs = self.store.songs[:1]
        stems, joint = remixer.example()
        self.assertFalse(joint)
        levels = (stems**2).mean(dim=(1, 2)).sqrt().numpy()
        np.testing.assert_allclose(levels, levels.mean(), rtol=0.05)

    def test_other_with_hidden_bass_marks_the_example_joint(self):
        remixer = self.remixer(coherent=1, absent=0)
        self.store.songs = self.store.songs[1:]
        self.assertTrue(remixer.example()[1])

    def test_a_specialist_hears_vocals_and_accompaniment_alone(self):
        self.store.songs = self.store.songs[:1]
        joints = [self.remixer(vocals_share=share).example()[1] for share in (0, 1)]
        self.assertEqual(joints, [ALONE, ALL_BUT_VOCALS])

    def with_music(self) -> None:
        """Adds a piece of which only the whole accompaniment is known."""
        rng = np.random.default_rng(4)
        writer = ShardWriter(self.folder / "set", "instrumental-c")
        writer.add("instrumental-c", "other", rng.normal(0, 0.1, (2, 50000)), ALL_BUT_VOCALS)
        writer.close()
        self.store.refresh()

    def test_a_voice_over_whole_music_is_known_as_such(self):
        self.with_music()
        remixer = self.remixer(instrumentals=1, absent=0)
        stems, joint = remixer.example()
        self.assertEqual(joint, ALL_BUT_VOCALS)
        levels = stems.pow(2).mean(dim=(1, 2))
        self.assertTrue((levels[[VOCALS, OTHER]] > 0).all())
        self.assertEqual(levels[[DRUMS, BASS]].max().item(), 0)

    def test_whole_music_is_never_a_stem_of_another_example(self):
        self.with_music()
        remixer = self.remixer(instrumentals=0, absent=0)
        self.assertTrue(all(remixer.example()[1] != ALL_BUT_VOCALS for _ in range(20)))

    def test_a_third_of_voices_lies_above_the_rest_and_a_third_below(self):
        remixer = self.remixer(coherent=1, absent=0, mono=0, dull=0, instrumentals=0, song_share=1)
        self.store.songs = self.store.songs[:1]
        found = []
        for _ in range(60):
            stems, _ = remixer.example()
            found.append(20 * np.log10(float(loud_level(stems[VOCALS]) / loud_level(stems.sum(0) - stems[VOCALS]))))
        drawn = np.array(found)
        self.assertGreater(((drawn > -0.1) & (drawn < 6.1)).mean(), 0.2)
        self.assertGreater(((drawn > -6.1) & (drawn < 0.1)).mean(), 0.2)

    def test_poorer_recordings_are_mono_or_dull_and_still_add_up(self):
        stems, _ = self.remixer(coherent=1, absent=0, mono=1, dull=1).example()
        torch.testing.assert_close(stems[:, 0], stems[:, 1])
        spectrum = torch.fft.rfft(stems.sum(0)).abs()
        edge = int(16000 * SAMPLES / 44100) + 2
        self.assertLess(spectrum[:, edge:].max().item(), 1e-3 * spectrum.max().item())
        self.assertGreater(spectrum[:, : edge // 8].max().item(), 0)

    def test_resampling_moves_the_pitch_by_its_ratio(self):
        tone = np.sin(2 * np.pi * 1000 * np.arange(60000) / 44100) * 0.3
        writer = ShardWriter(self.folder / "tone", "song-t")
        writer.add("t", "other", np.stack([tone, tone]))
        writer.close()
        song = Store([self.folder / "tone"]).songs[0]
        samples = self.remixer().read(song, "other", 0, 1.1).numpy()
        peak = np.argmax(np.abs(np.fft.rfft(samples[0]))) * 44100 / SAMPLES
        self.assertAlmostEqual(peak, 1100, delta=8)

    def test_stems_of_different_songs_come_to_one_loudness(self):
        torch.manual_seed(0)
        loud, quiet = torch.randn(2, SAMPLES), 0.02 * torch.randn(2, SAMPLES)
        for x in (loud, quiet):
            self.assertAlmostEqual(even(x).pow(2).mean().sqrt().item(), 0.1, places=2)
        self.assertLess(even(1e-4 * loud).abs().max().item(), 0.01)
        self.assertEqual(even(0 * loud).abs().max().item(), 0)

    def test_new_shards_are_found(self):
        writer = ShardWriter(self.folder / "set", "song-c")
        writer.add("c", "drums", np.zeros((2, 100)))
        self.assertEqual(self.store.refresh(), 2)
        writer.close()
        self.assertEqual(self.store.refresh(), 3)
