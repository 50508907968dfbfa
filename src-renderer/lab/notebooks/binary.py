grid = ("hann", 1024, 256)
sung, played = voice(), band()
a, b = np.abs(analyse(sung, *grid)), np.abs(analyse(played, *grid))
mask = (a > b).astype(float) if settings["mask"] == "binary" else share(a, b, settings["exponent"])
if settings["broken"]:
    wrong = randoms(3, mask.size).reshape(mask.shape) < 0.05
    mask = np.where(wrong, 1 - mask, mask)
estimate = synthesise(mask * analyse(sung + played, *grid), *grid)
undecided = np.mean((mask > 0.1) & (mask < 0.9))
report(voiceSdr=sdr(sung, estimate), undecided=100 * undecided)
