length = settings["length"]
hop = length // 4
grid = ("hann", length, hop)
sung, played = voice(), band()
mix = sung + played
v, b, x = (analyse(signal, *grid) for signal in (sung, played, mix))

kind = settings["oracle"]
if kind == "ibm":
    mask = (np.abs(v) > np.abs(b)).astype(complex)
elif kind in ("irm1", "irm2"):
    mask = share(np.abs(v), np.abs(b), 1 if kind == "irm1" else 2).astype(complex)
else:
    power = x.real**2 + x.imag**2
    ratio = np.where(power > 0, v * np.conj(x) / np.where(power > 0, power, 1), 0)
    if kind == "psm":
        mask = np.clip(ratio.real, 0, 1).astype(complex)
    else:
        mask = ratio / np.maximum(1, np.abs(ratio))
if settings["broken"]:
    late = nearest(0.5 * RATE / hop)
    mask = np.concatenate([np.zeros((late, mask.shape[1])), mask[: len(mask) - late]])
estimate = synthesise(mask * x, *grid)
report(voiceSdr=sdr(sung, estimate), bandSdr=sdr(played, mix - estimate))
