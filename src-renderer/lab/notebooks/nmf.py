grid = ("hann", 1024, 512)
parts = settings["components"]
signal = notes()
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
