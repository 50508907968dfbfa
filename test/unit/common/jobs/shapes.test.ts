import { expect, it } from 'vitest';
import { settingsKey, parseSettings } from '../../../../src-main/common/jobs/settings.js';
import {
  canShape,
  checkShape,
  isShaped,
  presetShape,
  shapeOfPieces,
  shapePresets,
} from '../../../../src-main/common/jobs/shapes.js';
import { speedKey } from '../../../../src-main/common/jobs/speed.js';

it('clean vocals are a full instrumental, full vocals a clean one, and balanced is as separated', () => {
  const values = shapePresets.map((preset) => [preset, presetShape(preset)['vocals'] ?? 0]);
  expect(Object.fromEntries(values)).toEqual({
    'vocals-clean': 0.5,
    'instrumental-full': 0.5,
    'vocals-full': -0.5,
    'instrumental-clean': -0.5,
    balanced: 0,
  });
  expect(shapePresets.filter((preset) => !isShaped(presetShape(preset)))).toEqual(['balanced']);
  expect([isShaped(undefined), isShaped({ vocals: 0 }), isShaped({ vocals: 0, bass: -0.1 })]).toEqual([
    false,
    false,
    true,
  ]);
});

it('a stem that is not there is refused by name', () => {
  expect(() => checkShape({ vocals: 0.5 }, ['vocals', 'other'])).not.toThrow();
  expect(() => checkShape(undefined, [])).not.toThrow();
  expect(() => checkShape({ horns: 0.5 }, ['vocals', 'other'])).toThrow(/no stem "horns"/);
});

it('values of a stem are those of its pieces, and their own go before', () => {
  const stems = ['kick', 'snare', 'lead', 'backing', 'bass'];
  expect(shapeOfPieces({ drums: 0.5, snare: -1, bass: 0.2 }, stems)).toEqual({
    kick: 0.5,
    snare: -1,
    bass: 0.2,
  });
  expect(shapeOfPieces({ rest: 0.5 }, ['keys', 'bass'], { keys: 'rest' })).toEqual({ keys: 0.5 });
  expect(shapeOfPieces(presetShape('vocals-clean'), stems)).toEqual({ lead: 0.5, backing: 0.5 });
  expect(() => checkShape({ drums: 0.5 }, stems)).not.toThrow();
  expect(() => checkShape({ rest: 0.5 }, ['keys', 'bass'], { keys: 'rest' })).not.toThrow();
  expect(() => checkShape(presetShape('vocals-full'), ['kick', 'bass'])).toThrow('no stem "vocals"');
  expect([canShape('vocals-clean', stems), canShape('vocals-clean', ['kick', 'bass'])]).toEqual([
    true,
    false,
  ]);
});

it('values and averaging change what is written, and averaging how long it takes', () => {
  const plain = parseSettings({});
  const clean = parseSettings({ clean: { vocals: 0.5 } });
  const both = parseSettings({ averaging: ['polarity', 'channels'] });
  expect(new Set([plain, clean, both].map(settingsKey)).size).toBe(3);
  expect(speedKey(clean)).toBe(speedKey(plain));
  expect(speedKey(both)).not.toBe(speedKey(plain));
  expect(speedKey(both)).toBe(speedKey(parseSettings({ averaging: ['channels', 'polarity'] })));
  expect(() => parseSettings({ clean: { vocals: 2 } })).toThrow(/clean\.vocals/);
  expect(speedKey(parseSettings({ phase: 'misi' }))).not.toBe(speedKey(parseSettings({ phase: 'mixture' })));
  expect(speedKey(parseSettings({ wiener: 1 }))).not.toBe(speedKey(parseSettings({})));
  expect(() => parseSettings({ averaging: ['loudness'] })).toThrow(/averaging/);
});
