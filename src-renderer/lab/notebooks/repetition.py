grid = ("hann", 1024, 441)
sung, played = voice(), band(not settings["broken"])
spectrum = analyse(sung + played, *grid)
V = np.abs(spectrum).astype(np.float32)
frames, bins = V.shape
period = nearest(settings["period"] * 50)

background = np.zeros_like(V)
for f in range(min(period, frames)):
    same = V[f::period]
    middle = np.sort(same, axis=0)[(len(same) - 1) // 2]
    background[f::period] = np.minimum(middle, same)
safe = np.where(V > 0, V, 1).astype(float)
mask = np.where(V > 0, 1 - background / safe, 0)
estimate = synthesise(mask * spectrum, *grid)

power = V.astype(float) ** 2
padded = np.fft.rfft(power, 2 ** int(np.ceil(np.log2(2 * frames))), axis=0)
lags = np.fft.irfft(np.sum(np.abs(padded) ** 2, axis=1))[:frames] / (frames - np.arange(frames))
report(voiceSdr=sdr(sung, estimate), beat=100 * lags[period] / lags[0])
