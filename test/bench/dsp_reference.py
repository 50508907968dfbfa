"""Times torch.stft and scipy.signal.istft on one thread. Protocol: one line of JSON in, one line out.

{"op": "stft" | "istft" | "resample", ...} -> {"seconds": s}; the first line out says what is installed.
"""

import json
import sys
import time

try:
    import numpy as np
    import scipy
    import scipy.signal
    import torch

    torch.set_num_threads(1)
except ImportError as error:
    print(json.dumps({"missing": str(error)}), flush=True)
    sys.exit(0)

print(json.dumps({"torch": torch.__version__, "scipy": scipy.__version__}), flush=True)
rng = np.random.default_rng(1)
state = {}


def prepare(seconds, n, hop):
    key = (seconds, n, hop)
    if state.get("key") != key:
        wave = rng.uniform(-1, 1, size=(2, int(seconds * 44100))).astype(np.float32)
        window = torch.hann_window(n)
        spectrum = torch.stft(torch.from_numpy(wave), n, hop, window=window, return_complex=True).numpy()
        state.update(key=key, wave=wave, window=window, spectrum=spectrum)


for line in sys.stdin:
    job = json.loads(line)
    if job["op"] in ("stft", "istft"):
        prepare(job["seconds"], job["n"], job["hop"])
    start = time.perf_counter()
    if job["op"] == "stft":
        torch.stft(torch.from_numpy(state["wave"]), job["n"], job["hop"], window=state["window"], return_complex=True)
    elif job["op"] == "istft":
        scipy.signal.istft(state["spectrum"], nperseg=job["n"], noverlap=job["n"] - job["hop"])
    elif job["op"] == "gram":
        rows = rng.uniform(size=(job["n"], job["k"])).astype(np.float32)
        start = time.perf_counter()
        torch.from_numpy(rows) @ torch.from_numpy(rows).T
    elif job["op"] == "resample":
        wave = rng.uniform(-1, 1, size=int(job["seconds"] * 44100)).astype(np.float32)
        start = time.perf_counter()
        # A filter as long as ours (half length 77 input samples), at the same cut-off.
        taps = scipy.signal.firwin(2 * 77 * 160 + 1, 0.9535 / 160, window=("kaiser", 11.2)).astype(np.float32)
        scipy.signal.resample_poly(wave, 160, 147, window=taps)
    print(json.dumps({"seconds": time.perf_counter() - start}), flush=True)
