import shutil
import subprocess
import tempfile
import unittest
from pathlib import Path

import numpy as np

from unbraid_training.constants import N_FFT, SAMPLE_RATE
from unbraid_training.picture import HIGHEST, LOWEST, RANGE_DB, levels, palette, write_png

# The middle of a bin near 1 kHz.
TONE = 93 * SAMPLE_RATE / N_FFT


class PictureTest(unittest.TestCase):
    def test_a_tone_is_bright_in_its_row_and_dark_elsewhere(self):
        time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
        wave = np.stack([np.sin(2 * np.pi * TONE * time)] * 2).astype(np.float32)
        shown = levels(wave, 1024.0, 80, 50)
        row = 79 - int(80 * np.log(TONE / LOWEST) / np.log(HIGHEST / LOWEST))
        # The main lobe is four bins wide, so the rows beside it may be as bright.
        self.assertLessEqual(abs(int(shown[:, 25].argmax()) - row), 1)
        self.assertGreater(int(shown[:, 25].max()), 250)
        self.assertEqual(int(shown[5, 25]), 0)

    def test_half_the_range_below_the_loudest_is_half_bright(self):
        time = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
        wave = np.stack([np.sin(2 * np.pi * TONE * time)] * 2).astype(np.float32)
        quiet = levels(wave * 10 ** (-RANGE_DB / 40), 1024.0, 80, 50)
        self.assertAlmostEqual(int(quiet[:, 25].max()), 127, delta=3)

    @unittest.skipUnless(shutil.which("ffmpeg"), "needs ffmpeg")
    def test_the_png_holds_the_levels_in_the_colours(self):
        picture = np.arange(600, dtype=np.uint8).reshape(20, 30)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.png"
            write_png(path, picture)
            command = ["ffmpeg", "-v", "error", "-i", str(path), "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
            pixels = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, np.uint8)
        np.testing.assert_array_equal(pixels.reshape(20, 30, 3), palette()[picture])


if __name__ == "__main__":
    unittest.main()
