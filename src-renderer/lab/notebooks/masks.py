grid = ("hann", 1024, 256)
parts = [voice(), harmony(), drums()]
mix = sum(parts)
powers = [np.abs(analyse(part, *grid)) ** 2 for part in parts]
total = sum(powers)
safe = np.where(total > 0, total, 1)
masks = [np.maximum(settings["floor"], np.where(total > 0, power / safe, 1 / 3)) for power in powers]
if not settings["broken"]:
    together = sum(masks)
    masks = [mask / together for mask in masks]
spectrum = analyse(mix, *grid)
stems = [synthesise(mask * spectrum, *grid) for mask in masks]
report(nullTest=-sdr(mix, sum(stems)), voiceSdr=sdr(parts[0], stems[0]))
