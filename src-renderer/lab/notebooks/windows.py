length = 1024
hop = nearest((150 if settings["broken"] else settings["hop"]) / 100 * length)
signal = voice() + band()
spectrum = analyse(signal, settings["window"], length, hop)
rebuilt = overlap_add(spectrum, settings["window"], length, hop)
sums = overlap_of(np.r_[window(settings["window"], length), np.zeros(max(0, hop - length))], hop)
report(error=-sdr(signal, rebuilt), ripple=100 * (sums.max() - sums.min()) / sums.mean())
