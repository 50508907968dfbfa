import shutil
import struct
import tempfile
import unittest
from pathlib import Path

import numpy as np
from unbraid_training.audio import write_wav
from unbraid_training.catalogue import read_catalogue
from unbraid_training.kits import hydrogen_piece, midi_file, prepare_kits, read_presets
from unbraid_training.library import Library, prepare_library
from unbraid_training.material import MaterialError
from unbraid_training.midi import read_midi

RATE = 44100


def hit(hertz: float) -> np.ndarray:
    time = np.arange(RATE // 4) / RATE
    return (0.5 * np.sin(2 * np.pi * hertz * time) * np.exp(-12 * time))[None].astype(np.float32)


KIT = """<drumkit_info xmlns="http://www.hydrogen-music.org/drumkit"><name>Room kit</name><instrumentList>
<instrument><name>Bass Drum 1</name><layer><filename>low.wav</filename></layer><layer><filename>high.wav</filename></layer></instrument>
<instrument><name>Hat Op</name><filename>high.wav</filename></instrument>
<instrument><name>Snare Roll</name><layer><filename>low.wav</filename></layer></instrument>
<instrument><name>Crash</name><layer><filename>missing.wav</filename></layer></instrument>
</instrumentList></drumkit_info>"""


class KitsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)

    def test_names_of_instruments_say_the_piece(self):
        wanted = {
            "kick_dist": "kick", "hat_op_dirty": "open-hat", "side_ohh": "open-hat", "pedal_hh": "closed-hat",
            "snare_roll": None, "tomhi2": "tom", "ride-cup": "ride", "stick": "percussion", "": None,
        }
        self.assertEqual({name: hydrogen_piece(name) for name in wanted}, wanted)

    def test_a_score_is_read_back_at_its_times(self):
        path = self.root / "hits.mid"
        path.write_bytes(midi_file([(250, b"\x99\x24\x64"), (3250, b"\x89\x24\x00"), (4000, b"\x99\x26\x40"), (4100, b"\x89\x26\x00")]))
        song = read_midi(path)
        self.assertEqual([note[:5] for note in song["notes"]], [[0.25, 3.0, 36, 100, 9], [4.0, 0.1, 38, 64, 9]])

    def test_presets_are_read_from_their_chunk(self):
        path = self.root / "font.sf2"
        records = [(b"Room 1", 8, 128), (b"Piano", 0, 0), (b"EOP", 0, 0)]
        chunk = b"".join(struct.pack("<20sHH14x", *record) for record in records)
        path.write_bytes(b"RIFF\0\0\0\0sfbkphdr" + struct.pack("<I", len(chunk)) + chunk)
        found = read_presets(path)
        self.assertEqual([(one.name, one.number, one.bank) for one in found], [("Piano", 0, 0), ("Room 1", 8, 128)])
        path.write_bytes(b"OggS")
        with self.assertRaises(MaterialError):
            read_presets(path)

    @unittest.skipIf(shutil.which("ffmpeg") is None, "needs ffmpeg")
    def test_a_hydrogen_kit_becomes_samples_of_a_library(self):
        kit = self.root / "material/drums/package/Room Kit"
        kit.mkdir(parents=True)
        write_wav(kit / "low.wav", hit(60))
        write_wav(kit / "high.wav", hit(3000))
        (kit / "drumkit.xml").write_text(KIT)
        # The open hat is the second layer of the kick once more: one sound, taken once.
        self.assertEqual(prepare_kits(self.root / "material", self.root / "kits"), 2)
        samples = read_catalogue(self.root / "kits")
        self.assertEqual([(one.instrument, one.piece) for one in samples], [("hydrogen.room_kit", "kick")] * 2)
        self.assertEqual(prepare_library([self.root / "kits"], self.root / "library.zip", 0, 3, 1), 2)
        library = Library(self.root / "library.zip")
        tones = sorted(np.argmax(np.abs(np.fft.rfft(library.audio(one)[0], RATE))) for one in library.entries)
        self.assertAlmostEqual(tones[0], 60, delta=6)
        self.assertAlmostEqual(tones[1], 3000, delta=6)

    def test_a_folder_without_kits_says_so(self):
        with self.assertRaises(MaterialError):
            prepare_kits(self.root, self.root / "kits")


if __name__ == "__main__":
    unittest.main()
