sung = voice()
fault = settings["fault"]
if fault == "bleed":
    heard = sung + 0.3 * band()
elif fault == "holes":
    heard = np.where(np.arange(SAMPLES) % 2205 < 220, 0, sung)
else:
    heard = sung + 0.02 * (2 * randoms(9, SAMPLES) - 1)
estimate = 10 ** (settings["gain"] / 20) * heard
if settings["broken"]:
    estimate = delayed(estimate, 20)
report(voiceSdr=sdr(sung, estimate), siSdr=si_sdr(sung, estimate))
