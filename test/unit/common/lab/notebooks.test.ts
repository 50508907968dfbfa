import { describe, expect, it } from 'vitest';
import { startSettings, type Lesson, type Settings } from '../../../../src-main/common/lab/lesson.js';
import { lessonIds, lessons } from '../../../../src-main/common/lab/lessons.js';
import { randoms } from '../../../../src-main/common/dsp/randoms.js';
import { songMaterial, songPcm, type SongPcm } from '../../../../src-main/common/lab/material.js';
import { notebook, songCode } from '../../../../src-main/common/lab/notebook.js';
import { base64, hasPython, labPython as code, runNotebooks as run } from '../../../support/notebooks.js';

/** Three seconds of something like a song, at another rate than the Lab's. */
function songOf(hasParts: boolean): SongPcm {
  const [rate, count] = [44_100, 3 * 44_100];
  const [hiss, click] = [randoms(21), randoms(22)];
  const wave = (value: (t: number) => number): Float32Array<ArrayBuffer> =>
    Float32Array.from({ length: count }, (_, i) => value(i / rate));
  const voice = wave((t) => 0.3 * Math.sin(2 * Math.PI * (330 * t + 3 * Math.sin(9 * t))) * Math.sin(t) ** 2);
  const drums = wave((t) => 0.3 * (click() - 0.5) * Math.exp(-30 * (t % 0.5)));
  const mix = wave((t) => 0.2 * Math.sin(2 * Math.PI * 110 * t) + 0.01 * hiss());
  for (let i = 0; i < count; i++) mix[i] += voice[i] + drums[i];
  return songPcm({ rate, mix, ...(hasParts && { voice, drums }) });
}

/** The settings of the start, the same broken, and each control at its ends. */
function variants(lesson: Lesson): Settings[] {
  const start = startSettings(lesson);
  const ends = lesson.controls.flatMap((control) => {
    const values = control.kind === 'slider' ? control.values : control.options;
    return [values[0], values[values.length - 1]].map((value) => ({ ...start, [control.key]: value }));
  });
  return [
    start,
    { ...start, broken: true },
    ...ends,
    ...ends.map((settings) => ({ ...settings, broken: true })),
  ];
}

describe.skipIf(!hasPython)('the notebook of a lesson', () => {
  it.each(lessonIds)('prints the numbers of the page to 1e-6: %s', (id) => {
    const all = variants(lessons[id]);
    const parts = { title: id, words: ['one', 'two'], tools: code('tools'), code: code(id) };
    const printed = run(all.map((settings) => notebook({ ...parts, settings })));
    for (const [i, settings] of all.entries()) {
      const { numbers } = lessons[id].run(settings);
      expect([...printed[i].keys()].sort()).toEqual(numbers.map(({ key }) => key).sort());
      for (const { key, value } of numbers) {
        const other = printed[i].get(key)!;
        const agrees = Math.abs(other - value) < 1e-6 * Math.max(1, Math.abs(value));
        expect([settings, key, agrees ? value : other]).toEqual([settings, key, value]);
      }
    }
  });

  it.each(lessonIds.filter((id) => lessons[id].song !== null))(
    'carries the song and prints its numbers: %s',
    (id) => {
      const pcm = songOf(lessons[id].song === 'parts');
      const song = {
        voice: base64(pcm.voice),
        drums: pcm.drums && base64(pcm.drums),
        rest: base64(pcm.rest),
      };
      const settings = [false, true].map((broken) => ({ ...startSettings(lessons[id]), broken }));
      const parts = { title: id, words: [], tools: code('tools'), code: code(id), sound: songCode(song) };
      const printed = run(settings.map((one) => notebook({ ...parts, settings: one })));
      for (const [i, one] of settings.entries()) {
        const { numbers } = lessons[id].run(one, songMaterial(pcm));
        expect(printed[i].size).toBe(numbers.length);
        for (const { key, value } of numbers)
          expect(Math.abs(printed[i].get(key)! - value)).toBeLessThan(1e-6 * Math.max(1, Math.abs(value)));
        // It is the song's number, not that of the built-in sounds.
        if (one.broken) expect(numbers).not.toEqual(lessons[id].run(one).numbers);
      }
    },
  );
});
