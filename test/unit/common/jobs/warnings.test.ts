import { describe, expect, it } from 'vitest';
import {
  readWarning,
  warning,
  warnings,
  type WarningCode,
} from '../../../../src-main/common/jobs/warnings.js';

const codes = Object.keys(warnings) as WarningCode[];
const namesOf = (code: WarningCode): string[] =>
  [...warnings[code].matchAll(/\{(\w+)\}/g)].map(([, name]) => name);

describe('warnings of the engine', () => {
  it.each(codes)('%s is found again in its sentence, whatever its values are', (code) => {
    // What comes first is a name: it has no colon.
    const values = Object.fromEntries(
      namesOf(code).map((name, i) => [name, `a.b*(${i})${i > 0 ? ': c?' : ''}`]),
    );
    const text = warning(code, values as never);
    expect(text).not.toMatch(/\{\w+\}/);
    expect(readWarning(text)).toEqual({ code, values });
  });

  it('says what it always said', () => {
    expect(warning('on-cpu', { provider: 'webgpu', message: 'device lost' })).toBe(
      'webgpu failed (device lost); the song was separated on the CPU instead',
    );
  });

  it('takes no other sentence for one of them', () => {
    expect(readWarning('The file is damaged or cut: it ends within a page')).toBeNull();
    expect(readWarning('webgpu failed')).toBeNull();
  });
});
