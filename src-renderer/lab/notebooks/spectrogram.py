length = settings["length"]
hop = length // 4
signal = np.zeros(SAMPLES)
play(signal, 0, 4, lambda u, n: 0.2 * (np.sin(TAU * 440 * u) + np.sin(TAU * 470 * u)))
for click in range(8):
    play(signal, click / 2 + 0.25, 0.0005, lambda u, n: 0.5)

spectrum = analyse(signal, "hann", length, hop)
if settings["broken"]:
    spectrum = spectrum.real.astype(complex)  # the imaginary part is thrown away

starts = hop * np.arange(len(spectrum)) - length
inside = (starts >= 0) & (starts + length <= SAMPLES)


def power_at(frequency):
    return np.mean(np.abs(spectrum[inside, nearest(frequency * length / RATE)]) ** 2)


valley = 10 * np.log10(power_at(455) / min(power_at(440), power_at(470)))
rebuilt = synthesise(spectrum, "hann", length, hop)
report(valley=valley, binWidth=RATE / length)
