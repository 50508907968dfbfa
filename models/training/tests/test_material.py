import tempfile
import unittest
from pathlib import Path

from unbraid_training.material import PACKAGES, MaterialError, Package, fetch_material, take_parts

# What the weights' own licence, GPL-3.0-or-later, can take up.
COMPATIBLE = {"GPL-2.0-or-later", "GPL-3.0-or-later", "CC-BY-SA-3.0", "CC-BY-3.0", "MIT", "CC0-1.0"}


class MaterialTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.root = Path(temporary.name)
        for part in ("usr/share/kits/good", "usr/share/kits/bad"):
            (self.root / "root" / part).mkdir(parents=True)
            (self.root / "root" / part / "kick.wav").write_bytes(b"RIFF")
        notice = self.root / "root/usr/share/doc/kits"
        notice.mkdir(parents=True)
        (notice / "copyright").write_text("free")

    def package(self, *parts: str) -> Package:
        return Package("kits", "drums", parts, "CC0-1.0", "someone")

    def test_every_package_is_credited_and_compatible(self):
        for package in PACKAGES:
            self.assertIn(package.licence, COMPATIBLE)
            self.assertTrue(package.credit and package.parts)

    def test_only_the_named_parts_are_taken_with_the_copyright(self):
        folder = self.root / "kits"
        take_parts(self.root / "root", [self.package("usr/share/kits/good")], folder)
        found = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        self.assertEqual(found, ["copyright", "good/kick.wav"])

    def test_a_missing_part_leaves_nothing(self):
        folder = self.root / "kits"
        with self.assertRaises(MaterialError):
            take_parts(self.root / "root", [self.package("usr/share/kits/good", "usr/share/kits/gone")], folder)
        self.assertFalse(folder.exists())

    def test_unknown_packages_are_refused(self):
        with self.assertRaises(MaterialError):
            fetch_material(self.root, ["no-such-package"])


if __name__ == "__main__":
    unittest.main()
