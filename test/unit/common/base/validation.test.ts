import { expect, it } from 'vitest';
import { z } from 'zod';
import { firstFault } from '../../../../src-main/common/base/validation.js';

const schema = z.strictObject({
  whole: z.int().min(2).max(9).optional(),
  share: z.number().gt(0).lt(1).optional(),
  even: z.number().multipleOf(2).optional(),
  kind: z.enum(['wav', 'flac']).optional(),
  only: z.literal('x').optional(),
  name: z.string().min(3).optional(),
  hash: z
    .string()
    .regex(/^[0-9a-f]$/)
    .optional(),
  list: z.array(z.string()).max(1).optional(),
  deep: z.strictObject({ on: z.boolean() }).optional(),
  either: z.union([z.string(), z.number()]).optional(),
  odd: z
    .number()
    .refine((n) => n % 2 === 1, 'even numbers are for others')
    .optional(),
});

it.each([
  [{ whole: 1 }, 'whole', 'it must be at least 2'],
  [{ whole: 10 }, 'whole', 'it must be at most 9'],
  [{ whole: 2.5 }, 'whole', 'it must be a whole number'],
  [{ whole: 'x' }, 'whole', 'it must be a number'],
  [{ share: NaN }, 'share', 'it must be a number'],
  [{ share: 0 }, 'share', 'it must be more than 0'],
  [{ share: 1 }, 'share', 'it must be less than 1'],
  [{ even: 3 }, 'even', 'it must be a multiple of 2'],
  [{ kind: 'mp3' }, 'kind', 'it must be "wav" or "flac"'],
  [{ only: 'y' }, 'only', 'it must be "x"'],
  [{ name: 'ab' }, 'name', 'it must be at least 3 characters long'],
  [{ name: 7 }, 'name', 'it must be text'],
  [{ hash: '!' }, 'hash', 'it does not have the form it must have'],
  [{ list: ['a', 'b'] }, 'list', 'it must have at most 1 entry'],
  [{ list: [7] }, 'list.0', 'it must be text'],
  [{ deep: {} }, 'deep.on', 'it must be true or false'],
  [{ deep: { on: true, bogus: 1 } }, 'deep.bogus', 'this name is not known'],
  [{ either: true }, 'either', 'it has none of the forms that it may have'],
  [{ odd: 2 }, 'odd', 'even numbers are for others'],
  ['text', '', 'it must be an object'],
])('%j: "%s" %s', (input, where, says) => {
  expect(firstFault(schema.safeParse(input).error!)).toEqual({ where, says });
});
