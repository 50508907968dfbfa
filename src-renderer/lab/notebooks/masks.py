grid = ("hann", 1024, 256)
known = parts()
mix = sum(known)
powers = [np.abs(analyse(part, *grid)) ** 2 for part in known]
total = sum(powers)
safe = np.where(total > 0, total, 1)
masks = [np.maximum(settings["floor"], np.where(total > 0, power / safe, 1 / len(known))) for power in powers]
if not settings["broken"]:
    together = sum(masks)
    masks = [mask / together for mask in masks]
spectrum = analyse(mix, *grid)
stems = [synthesise(mask * spectrum, *grid) for mask in masks]
report(nullTest=-sdr(mix, sum(stems)), voiceSdr=sdr(known[0], stems[0]))
