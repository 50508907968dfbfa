import { describe, expect, it } from 'vitest';
import { endsBatch, summarise } from '../../../../src-main/common/jobs/batch.js';
import { ProgressMeter } from '../../../../src-main/common/jobs/progress.js';
import {
  defaultSeparator,
  parseSettings,
  settingsKey,
  settingsSchema,
  type SeparationSettingsInput,
} from '../../../../src-main/common/jobs/settings.js';

describe('settings', () => {
  it('have a default for everything', () => {
    expect(parseSettings({})).toEqual({
      model: defaultSeparator,
      device: 'auto',
      residual: 'fold',
      format: 'wav',
      template: '{name}/{name} [{stem}].{ext}',
      overwrite: false,
    });
    expect(parseSettings({ loudness: { lufs: -14 } }).loudness).toEqual({ lufs: -14, truePeak: -1 });
  });

  it.each([
    [{ format: 'wma' }, 'format'],
    [{ overlap: 1 }, 'overlap'],
    [{ shifts: 1.5 }, 'shifts'],
    [{ stems: [] }, 'stems'],
    [{ loudness: { lufs: 3 } }, 'loudness.lufs'],
    [{ unknown: 1 }, 'unknown'],
  ])('%j is refused, naming the field', (input, field) => {
    const [issue] = settingsSchema.safeParse(input).error!.issues;
    expect('keys' in issue ? issue.keys.join() : issue.path.join('.')).toBe(field);
  });

  const key = (input: SeparationSettingsInput): string => settingsKey(parseSettings(input));

  it.each<SeparationSettingsInput>([{ workers: 3 }, { overwrite: true }, { device: 'cpu' }])(
    'have the same key with %j: it changes how the work is done, not what comes out',
    (input) => expect(key(input)).toBe(key({})),
  );

  it.each<SeparationSettingsInput>([
    { model: 'hpss' },
    { stems: ['vocals'] },
    { twoStem: 'vocals' },
    { residual: 'spread' },
    { overlap: 0.5 },
    { shifts: 1 },
    { format: 'flac' },
    { depth: '24' },
    { bitRate: 128000 },
    { template: '{name} {stem}.{ext}' },
    { loudness: { lufs: -14 } },
    { track: 1 },
  ])('have another key with %j', (input) => expect(key(input)).not.toBe(key({})));

  it('have the same key in whatever order they are given', () => {
    expect(key({ model: 'hpss', format: 'flac', depth: '16' })).toBe(
      key({ depth: '16', format: 'flac', model: 'hpss' }),
    );
  });
});

describe('a batch', () => {
  it('counts its files by state', () => {
    const states = ['done', 'done', 'skipped', 'failed', 'cancelled', 'waiting'];
    const items = states.map((state) => ({ source: 'x', state: { state } as { state: 'waiting' } }));
    expect(summarise(items)).toEqual({ done: 2, skipped: 1, failed: 1, cancelled: 1 });
  });

  it('ends at errors that every file would meet, and at no other', () => {
    expect(
      ['disk-full', 'model-not-found', 'device-unavailable'].every((code) => endsBatch(code as 'disk-full')),
    ).toBe(true);
    expect(
      ['not-audio', 'output-exists', 'process-died', 'io-error'].some((code) =>
        endsBatch(code as 'io-error'),
      ),
    ).toBe(false);
  });
});

describe('progress', () => {
  it('tells the speed and the rest of a phase from that phase alone', () => {
    let now = 100;
    const meter = new ProgressMeter(() => now);
    expect(meter.update('separate', 0, 60)).toEqual({
      phase: 'separate',
      done: 0,
      total: 60,
      speed: null,
      eta: null,
    });
    now = 110;
    expect(meter.update('separate', 20, 60)).toMatchObject({ speed: 2, eta: 20 });
    expect(meter.update('write', 0, 60)).toMatchObject({ phase: 'write', speed: null, eta: null });
    now = 111;
    expect(meter.update('write', 30, 60)).toMatchObject({ speed: 30, eta: 1 });
    expect(meter.update('write', 61, 60).eta).toBe(0);
  });
});
