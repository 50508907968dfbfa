import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  availability,
  catalogueJsonSchema,
  licenceText,
  mergeCatalogues,
  parseCatalogue,
} from '../../../src-main/common/models/catalogue.js';
import { TransferMeter } from '../../../src-main/common/models/transfer.js';

const file = (name: string): string =>
  readFileSync(new URL(`../../../models/${name}`, import.meta.url), 'utf8');
const shipped = parseCatalogue(JSON.parse(file('catalogue.json')));
const entry = (id: string) => shipped.models.find((one) => one.id === id)!;

describe('the catalogue that ships', () => {
  it('follows its published schema, which is the one the program checks with', () => {
    expect(JSON.parse(file('catalogue.schema.json'))).toEqual(
      JSON.parse(JSON.stringify(catalogueJsonSchema())),
    );
  });

  it('recommends one model that can be fetched, with a hash and a licence that its author stated', () => {
    const [recommended, ...more] = shipped.models.filter((one) => one.recommended);
    expect(more).toEqual([]);
    expect(recommended.id).toBe('scnet-int8');
    expect(availability(recommended)).toBe('download');
    expect(recommended.files).toMatchObject([
      { bytes: 12_900_277, sha256: expect.stringMatching(/^98228931/) as string },
    ]);
    expect(recommended.licence).toMatchObject({ name: 'MIT', use: 'any' });
    // What was measured was another file, and it says so.
    expect(recommended.scores[0].of).toContain('not measured');
  });

  it('says what is unknown, disputed or forbidden', () => {
    const use = (id: string): string => entry(id).licence.use;
    expect(['htdemucs', 'htdemucs-6s-fp16', 'htdemucs-mixxx'].map(use)).toEqual(Array(3).fill('research'));
    expect(use('umxhq')).toBe('any');
    expect(use('umxl-vocals')).toBe('non-commercial');
    expect(['roformer-kim', 'roformer-mega53', 'spleeter-2'].map(use)).toEqual(Array(3).fill('disputed'));
    expect(['roformer-sw-6', 'mdx-kim-vocal-2'].map(use)).toEqual(['unknown', 'unknown']);
    for (const { licence } of shipped.models)
      expect(licence.name === 'unknown' && licence.use === 'any').toBe(false);
  });

  it('promises downloads only where every file has an address', () => {
    expect(availability(entry('scnet-large'))).toBe('none');
    expect(availability(entry('roformer-kim-fp16'))).toBe('page');
    expect(availability(entry('mdx-kuielab-a-vocals'))).toBe('import');
    for (const one of shipped.models.filter((each) => availability(each) === 'download')) {
      for (const { urls } of one.files)
        for (const url of urls) expect(url).toMatch(/^https:.*\.(onnx|data)$/);
    }
  });
});

describe('catalogues', () => {
  const base = { schema: 'unbraid-catalogue/1', updated: '2026-01-01' };
  const plain = { ...entry('umxhq'), recommended: false };

  it.each([
    ['a file name that leads elsewhere', { files: [{ ...plain.files[0], name: '../x.onnx' }] }],
    ['a file name that is taken', { files: [{ ...plain.files[0], name: 'manifest.json' }] }],
    ['an address that is not of the web', { files: [{ ...plain.files[0], urls: ['file:///etc/passwd'] }] }],
    [
      'two files of one name',
      { files: [plain.files[0], { ...plain.files[1], name: plain.files[0].name.toUpperCase() }] },
    ],
    ['an id that is a path', { id: '../x' }],
    ['a manifest of another model', { manifest: { id: 'other' } }],
  ])('%s is refused', (_, change) => {
    expect(() => parseCatalogue({ ...base, models: [{ ...plain, ...change }] })).toThrowError(
      expect.objectContaining({ code: 'model-manifest-invalid' }) as Error,
    );
    expect(parseCatalogue({ ...base, models: [plain] }).models).toHaveLength(1);
  });

  it('later ones replace entries of earlier ones, and the last recommendation counts', () => {
    const later = parseCatalogue({
      ...base,
      models: [
        { ...entry('scnet-int8'), name: 'newer', recommended: false },
        { ...plain, recommended: true },
      ],
    });
    const merged = mergeCatalogues([shipped, later]);
    expect(merged).toHaveLength(shipped.models.length);
    expect(merged[0].id).toBe('umxhq');
    expect(merged.filter(({ recommended }) => recommended)).toHaveLength(1);
    expect(merged.find(({ id }) => id === 'scnet-int8')?.name).toBe('newer');
  });

  it('what was accepted is no longer accepted when something else is said', () => {
    const { licence } = entry('umxhq');
    expect(licenceText(licence)).not.toBe(licenceText({ ...licence, who: 'somebody else' }));
  });
});

describe('the speed of a transfer', () => {
  it('is that of the last seconds, and falls when nothing comes', () => {
    const meter = new TransferMeter();
    for (let t = 0; t <= 10; t++) meter.note(t < 5 ? 1000 * t : 4000 + 4000 * (t - 4), 1000 * t);
    expect(meter.speed(10_000)).toBe(4000);
    expect(meter.eta(48_000, 10_000)).toBe(5);
    expect(meter.eta(null, 10_000)).toBeNull();
    // 16 000 bytes over the 4 s before, and 4 s of nothing.
    expect(meter.speed(14_000)).toBe(2000);
    // Nothing within the window any more.
    expect(meter.speed(14_001)).toBe(0);
    expect(meter.eta(48_000, 14_001)).toBeNull();
  });

  it('is not known at once', () => {
    const meter = new TransferMeter();
    expect(meter.speed(0)).toBeNull();
    meter.note(5000, 1000);
    expect(meter.speed(1100)).toBeNull();
    expect(meter.eta(100, 1100)).toBeNull();
  });
});
