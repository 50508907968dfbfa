// The level of each stem in dB, measured on samples as they are read: node loudness-of-stems.mjs SONG
import { openEngine } from 'unbraid';

const engine = openEngine();
try {
  const song = await engine.stems(process.argv[2], { settings: { model: 'unbraid-fast' } });
  for (const stem of song.stems) {
    let energy = 0;
    for await (const block of song.interleaved(stem)) for (const x of block) energy += x * x;
    const level = 10 * Math.log10(energy / (song.frames * song.channels));
    console.log(`${stem}\t${level.toFixed(2)}`);
  }
  await song.close();
} finally {
  await engine.close();
}
