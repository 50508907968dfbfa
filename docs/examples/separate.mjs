// Separates a song into files: node separate.mjs SONG FOLDER
import { openEngine } from 'unbraid';

const [song, output] = process.argv.slice(2);
const engine = openEngine();
try {
  const report = await engine.separate(song, {
    output,
    settings: { model: 'unbraid-fast', format: 'flac' },
    onItem: (_, { state }) => {
      if (state.state === 'separating')
        console.error(state.progress.phase, state.progress.done.toFixed(1), 's');
    },
  });
  const [{ state }] = report.items;
  if (state.state === 'failed') throw new Error(state.error.message);
  if (state.state === 'done')
    for (const { stem, path } of state.result.outputs) console.log(`${stem}\t${path}`);
} finally {
  await engine.close();
}
