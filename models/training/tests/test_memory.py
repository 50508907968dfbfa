import subprocess
import sys
import unittest

# The page faults of four tensors of 64 MB, each freed before the next one, after as many as the pool can lie apart.
PROGRAM = """
import resource, sys
import torch
from unbraid_training.memory import keep_memory

kept = keep_memory() if sys.argv[1] == "keep" else None
for _ in range(16):
    torch.ones(16 << 20)
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(4):
    torch.ones(16 << 20)
print(kept, resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(way: str) -> tuple[str, int]:
    command = [sys.executable, "-c", PROGRAM, way]
    kept, count = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return kept, int(count)


class MemoryTest(unittest.TestCase):
    def test_freed_tensors_are_used_again(self):
        kept, few = faults("keep")
        if kept == "False":
            self.skipTest("not the GNU C library")
        _, many = faults("leave")
        self.assertLess(few, 100)
        self.assertGreater(many, 10 * few + 10)
