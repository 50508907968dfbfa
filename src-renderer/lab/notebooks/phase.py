grid = ("hann", 1024, 256)
sung = voice()
spectrum = analyse(sung, *grid)
source = analyse(sung + band(), *grid) if settings["phase"] == "mixture" else spectrum
error = settings["noise"] * np.pi / 180 * (2 * randoms(5, source.size).reshape(source.shape) - 1)
phases = np.zeros(source.shape) if settings["broken"] else np.arctan2(source.imag, source.real) + error
estimate = synthesise(np.abs(spectrum) * np.exp(1j * phases), *grid)
report(voiceSdr=sdr(sung, estimate))
