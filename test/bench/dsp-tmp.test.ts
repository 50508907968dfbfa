import { test } from 'vitest';
import { benchDsp } from './dsp.js';
test('x', async () => {
  for (const r of await benchDsp())
    console.log(r.name, r.seconds.toFixed(3), r.referenceSeconds.toFixed(3), r.ratio.toFixed(2), r.reference);
}, 400000);
