// Runs the Python tests of models/training if there is a Python with PyTorch; otherwise says in one line that they
// were not run.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../models/training', import.meta.url));
const pythons = [process.env.UNBRAID_PYTHON, 'python3', '/usr/bin/python3'].filter(
  (name) => name !== undefined,
);
const python = pythons.find(
  (name) => spawnSync(name, ['-c', 'import torch, numpy, scipy'], { stdio: 'ignore' }).status === 0,
);
if (python === undefined) {
  console.log(
    'No Python with PyTorch, NumPy and SciPy: the tests of models/training were not run. UNBRAID_PYTHON names one.',
  );
  process.exit(0);
}
const { status } = spawnSync(python, ['-m', 'unittest', '--quiet'], {
  cwd: folder,
  stdio: 'inherit',
  env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' },
});
process.exit(status ?? 1);
