import { hopOf, type BenchSettings } from './bench.js';
import { quickStft } from './bench-transform.js';
import type { Settings } from './lesson.js';

/** The sounds of a bench as base64 of little-endian float32; `voice` is the first true part, where it is known. */
export interface NotebookSound {
  readonly rate: number;
  readonly mix: string;
  readonly voice: string | null;
}

/** Python that has the bench's sound: MIX, and TRUE_VOICE and TRUE_REST or None. */
export function soundCode({ rate, mix, voice }: NotebookSound): string {
  const samples = (text: string): string => `np.frombuffer(base64.b64decode("${text}"), "<f4")`;
  const known =
    voice === null
      ? 'TRUE_VOICE = TRUE_REST = None'
      : `TRUE_VOICE = ${samples(voice)}\nTRUE_REST = MIX - TRUE_VOICE`;
  return `# The sound of the bench: float32 in one channel, at RATE.
import base64

RATE = ${rate}
MIX = ${samples(mix)}
${known}
`;
}

/** The bench's settings as its notebook reads them: the hop in samples, and which frames a sound of `samples` has. */
export function notebookSettings(settings: BenchSettings, samples: number): Settings {
  const { window, length, representation, method, mask, exponent } = settings;
  const hop = hopOf(settings);
  const stft = quickStft({ window, length, hop });
  return {
    ...{ window, length, hop, centred: stft !== null, frames: stft?.frameCount(samples) ?? 0 },
    ...{ representation, method, mask, exponent },
  };
}
