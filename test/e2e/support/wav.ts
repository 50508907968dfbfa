/** A 16-bit PCM WAV file of planes `[channels][frames]` in −1 … 1. */
export function wav16(planes: readonly Float32Array[], sampleRate: number): Buffer {
  const channels = planes.length;
  const bytes = Buffer.alloc(44 + planes[0].length * channels * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length - 8, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(channels, 22);
  bytes.writeUInt32LE(sampleRate, 24);
  bytes.writeUInt32LE(sampleRate * channels * 2, 28);
  bytes.writeUInt16LE(channels * 2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(bytes.length - 44, 40);
  planes[0].forEach((_, i) =>
    planes.forEach((plane, ch) =>
      bytes.writeInt16LE(Math.round(plane[i] * 32767), 44 + (i * channels + ch) * 2),
    ),
  );
  return bytes;
}

/** The interleaved 16-bit samples of a PCM WAV file; throws for other files. */
export function samples16(file: Buffer): Int16Array {
  for (let at = 12; at + 8 <= file.length;) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    if (id === 'fmt ' && file.readUInt16LE(at + 22) !== 16) throw new Error('The file has no 16-bit samples');
    if (id === 'data')
      return Int16Array.from({ length: size / 2 }, (_, i) => file.readInt16LE(at + 8 + 2 * i));
    at += 8 + size + (size % 2);
  }
  throw new Error('The file has no data chunk');
}

export const sampleRate = 44_100;

function plane(seconds: number, value: (t: number) => number): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, i) => value(i / sampleRate));
}

export function sine(hertz: number, seconds: number): Buffer {
  return wav16([plane(seconds, (t) => 0.5 * Math.sin(2 * Math.PI * hertz * t))], sampleRate);
}

/** A sweep whose frequency rises evenly from `low` to `high`. */
export function chirp(low: number, high: number, seconds: number): Buffer {
  const phase = (t: number): number => 2 * Math.PI * (low * t + ((high - low) * t * t) / (2 * seconds));
  return wav16([plane(seconds, (t) => 0.5 * Math.sin(phase(t)))], sampleRate);
}

/** Two chords with a click twice a second: something for both halves of a harmonic-percussive separation. */
export function clicksAndChords(seconds: number): Buffer {
  const click = (t: number): number => Math.exp(-((t % 0.5) * 400)) * Math.sin(t * 90_000) * 0.5;
  const tone = (t: number, hertz: number): number => 0.12 * Math.sin(2 * Math.PI * hertz * t);
  const left = plane(seconds, (t) => click(t) + tone(t, 220) + tone(t, 330));
  const right = plane(seconds, (t) => 0.7 * click(t) + tone(t, 220) + tone(t, 440));
  return wav16([left, right], sampleRate);
}

/** A sine in white noise, the same each time (a linear congruential generator). */
export function sineInNoise(hertz: number, seconds: number): Buffer {
  let state = 1;
  const value = (t: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return 0.3 * (state / 2 ** 31 - 1) + 0.3 * Math.sin(2 * Math.PI * hertz * t);
  };
  return wav16([plane(seconds, value)], sampleRate);
}

/** The planes `[channels][frames]` of a WAV file of 32-bit floats; throws for other files. */
export function floats32(file: Buffer, channels: number): Float32Array[] {
  for (let at = 12; at + 8 <= file.length;) {
    const id = file.toString('latin1', at, at + 4);
    const size = file.readUInt32LE(at + 4);
    if (id === 'fmt ' && file.readUInt16LE(at + 22) !== 32) throw new Error('The file has no 32-bit samples');
    if (id === 'data') {
      const sample = (frame: number, ch: number): number =>
        file.readFloatLE(at + 8 + 4 * (frame * channels + ch));
      return Array.from({ length: channels }, (_, ch) =>
        Float32Array.from({ length: size / 4 / channels }, (_, frame) => sample(frame, ch)),
      );
    }
    at += 8 + size + (size % 2);
  }
  throw new Error('The file has no data chunk');
}
