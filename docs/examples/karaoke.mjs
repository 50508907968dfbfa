// A mix without vocals, and its loudness: node karaoke.mjs SONG OUTPUT
import { openEngine } from 'unbraid';

const [song, output] = process.argv.slice(2);
const engine = openEngine();
try {
  const mix = await engine.remix(song, {
    output,
    mixer: { vocals: { mute: true } },
    settings: { model: 'unbraid-fast', overwrite: true },
  });
  const { loudness } = await engine.analyse(mix.path);
  console.log(`${mix.path}\t${loudness.integratedLufs.toFixed(1)} LUFS`);
} finally {
  await engine.close();
}
