grid = ("rectangular", 1024, 1024) if settings["broken"] else ("hann", 1024, 256)
momentum = 0.99 if settings["momentum"] == "fast" else 0
sound = one()[: 2 * RATE]
count = len(sound)
target = np.abs(analyse(sound, *grid))


def with_lengths(spectrum):
    length = np.abs(spectrum)
    return np.where(length > 0, target * spectrum / np.where(length > 0, length, 1), target)


wave = synthesise(target.astype(complex), *grid, count)
last = None
for _ in range(settings["iterations"]):
    spectrum = analyse(wave, *grid)
    ahead = spectrum if last is None else spectrum + momentum * (spectrum - last)
    last = spectrum
    wave = synthesise(with_lengths(ahead), *grid, count)
misfit = -sdr(target, np.abs(analyse(wave, *grid)))
report(misfit=misfit)
