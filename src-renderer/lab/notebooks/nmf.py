grid = ("hann", 1024, 512)
parts = settings["components"]
signal = np.zeros(SAMPLES)
for key, places in [(60, [0, 3, 4, 6]), (64, [1, 3, 5, 6]), (67, [2, 4, 5, 6])]:
    for place in places:
        play(signal, place / 2, 0.5, pluck(hertz(key), 0.15, 5, 4))

spectrum = analyse(signal, *grid)
V = np.abs(spectrum)
frames, bins = V.shape
start = 0.5 + randoms(1, parts * bins + frames * parts)
W = start[: parts * bins].reshape(parts, bins)  # spectra
H = start[parts * bins :].reshape(frames, parts)  # gains
if settings["broken"]:
    W[:, 1::2] = 0  # zeros that multiplying never leaves

tiny = 1e-12
for _ in range(settings["iterations"]):
    H *= (V / (H @ W + tiny)) @ W.T / (W.sum(axis=1) + tiny)
    W *= H.T @ (V / (H @ W + tiny)) / (H.sum(axis=0) + tiny)[:, None]

model = H @ W
terms = np.where(V > 0, V * np.log(np.where(V > 0, V, 1) / (model + tiny)), 0) - V + model
k = min(parts, settings["component"]) - 1
heard = synthesise(np.outer(H[:, k], W[k]) / (model + tiny) * spectrum, *grid)
report(divergence=100 * terms.sum() / V.sum())
