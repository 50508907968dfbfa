/** Colours of stems that people know by name: Okabe and Ito's palette for all kinds of colour vision. */
const byName: Readonly<Record<string, string>> = {
  source: '#B8B8B8',
  vocals: '#56B4E9',
  drums: '#009E73',
  bass: '#D55E00',
  other: '#CC79A7',
  harmonic: '#56B4E9',
  percussive: '#009E73',
  accompaniment: '#E69F00',
  residual: '#8C8CA8',
};
const spare = ['#E69F00', '#F0E442', '#7FB3FF', '#B2DF8A', '#FF9DA7', '#9C9EDE'] as const;

/** The colour of a track; names without one take a spare in the order of the tracks. */
export function trackColour(name: string, index: number): string {
  return Object.hasOwn(byName, name) ? byName[name] : spare[index % spare.length];
}
