/** Colours of stems that people know by name: Okabe and Ito's palette for all kinds of colour vision. */
const byName: Readonly<Record<string, string>> = {
  source: '#B8B8B8',
  vocals: '#56B4E9',
  drums: '#009E73',
  bass: '#D55E00',
  other: '#CC79A7',
  harmonic: '#56B4E9',
  percussive: '#009E73',
  residual: '#8C8CA8',
};
/** For stems without a fixed colour: distinct from each other and from those above. */
const spare = [
  ...['#E69F00', '#F0E442', '#9C7BFF', '#A6E06C', '#FF8FA3', '#2FD5C8', '#B07A3E', '#5A7BFF', '#E05CC8'],
  ...['#C8D2E0', '#7A9B2E', '#FFC9A3'],
] as const;

/** A colour as it is seen: OKLab, Ottosson 2020; [lightness, green to red, blue to yellow]. */
function seen(hex: string): readonly [number, number, number] {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** How different two colours look: 0 for the same, 1 for black and white. */
export function colourDistance(a: string, b: string): number {
  const [one, other] = [seen(a), seen(b)];
  return Math.hypot(...one.map((value, i) => value - other[i]));
}

/**
 * The colours of a song's tracks, in their order. Known stems have their own; each of the others gets the spare one that
 * looks least like those before it.
 */
export function trackColours(names: readonly string[]): readonly string[] {
  const used = names.filter((name) => Object.hasOwn(byName, name)).map((name) => byName[name]);
  return names.map((name) => {
    if (Object.hasOwn(byName, name)) return byName[name];
    const distance = (colour: string): number =>
      Math.min(1, ...used.map((one) => colourDistance(one, colour)));
    const best = spare.reduce((a, b) => (distance(b) > distance(a) + 1e-9 ? b : a));
    used.push(best);
    return best;
  });
}
