/**
 * What the engine says about devices, and about a separation or an export that went otherwise than expected, by code; `{name}` marks a value.
 * Warnings travel and are kept as these sentences; a page finds the code again and has them in its own language.
 */
export const warnings = {
  'in-pieces': 'The song is too long for {model} to process as a whole: it was separated in {count} pieces',
  'shorter-segments': '{provider}: {message}; the song was separated in segments of {seconds} s instead',
  'on-cpu': '{provider} failed ({message}); the song was separated on the CPU instead',
  'not-used': '{provider} is not used: {why}',
  differs: '{provider} differed from the CPU by {difference} in a test, so it is not used',
  'process-ended': 'An inference process ended ({message}); processes left: {count}',
  lowered: 'All outputs lowered by {decibels} dB so that none clips; 32-bit float needs no gain',
  // Why a device is not used, as part of a warning and in Diagnostics.
  'not-installed': 'it is not installed',
  'software-adapter': 'there is only a software adapter',
  'no-card': 'there is no graphics card',
  'failed-probe': 'it failed on a probe: {message}',
  'ended-probe': 'it ended its process on a probe: {message}',
  'failed-song': 'it failed on a song: {message}',
  differed: '{provider} differed from the CPU by {difference} in a test',
  slower: 'it takes {times} times as long as the CPU',
} as const;

export type WarningCode = keyof typeof warnings;

export type WarningValues = Readonly<Record<string, string>>;

/** The values of a sentence. */
type ValuesOf<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ValuesOf<Rest>
  : never;

/** A warning in English. */
export function warning<Code extends WarningCode>(
  code: Code,
  values: Readonly<Record<ValuesOf<(typeof warnings)[Code]>, string>>,
): string {
  const all: WarningValues = values;
  return warnings[code].replace(/\{(\w+)\}/g, (_, name: string) => all[name]);
}

const patterns = (Object.entries(warnings) as [WarningCode, string][]).map(([code, text]) => {
  const escaped = text.replace(/[.*+?^$()|[\]\\]/g, '\\$&');
  return { code, pattern: new RegExp(`^${escaped.replace(/\{(\w+)\}/g, '(?<$1>.+?)')}$`, 's') };
});

/** Which warning a sentence is, and its values; null for other sentences. */
export function readWarning(
  text: string,
): { readonly code: WarningCode; readonly values: WarningValues } | null {
  for (const { code, pattern } of patterns) {
    const found = pattern.exec(text);
    if (found) return { code, values: { ...found.groups } };
  }
  return null;
}
