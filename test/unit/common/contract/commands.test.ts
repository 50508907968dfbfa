import { describe, expect, it } from 'vitest';
import {
  commandSchemas,
  isPageCommand,
  longestArgument,
  type CommandName,
} from '../../../../src-main/common/contract/commands.js';

const request = (strip: unknown): unknown => ({
  job: 'j',
  session: '0'.repeat(32),
  what: 'mix',
  mixer: { vocals: strip },
  settings: {},
});
const mute = { kind: 'mute', start: 0, end: 5, points: [] };

describe('an export of the mix', () => {
  it('takes automation and solo-safe with the strips', () => {
    const strip = { soloSafe: true, automation: [mute] };
    const parsed = commandSchemas.exportSession.parse(request(strip));
    expect(parsed.mixer).toEqual({ vocals: strip });
  });

  it.each([
    [{ automation: [{ ...mute, end: 0 }] }],
    [{ automation: mute }],
    [{ soloSafe: 'yes' }],
    [{ safe: true }],
  ])('%j is refused', (strip) => {
    expect(commandSchemas.exportSession.safeParse(request(strip)).success).toBe(false);
  });
});

it('all commands that carry a document may be as long as one', () => {
  const carries = Object.entries(commandSchemas)
    .filter(([, { shape }]) => 'document' in shape || 'history' in shape || 'changes' in shape)
    .map(([name]) => name as CommandName);
  expect(carries.sort()).toEqual(['appendJournal', 'collectProject', 'saveProject']);
  expect(carries.map(longestArgument)).toEqual([64 << 20, 64 << 20, 64 << 20]);
  expect(longestArgument('session')).toBe(1 << 20);
});

it('a page reaches no command that takes a path', () => {
  const closed = Object.keys(commandSchemas).filter((name) => !isPageCommand(name));
  expect(closed.sort()).toEqual([
    ...[
      'addModelPaths',
      'batch',
      'check',
      'compare',
      'evaluate',
      'factors',
      'info',
      'modelFolderPath',
      'modelImportPaths',
    ],
    ...['modelTryPath', 'remix', 'separate', 'verify', 'work'],
  ]);
  expect(isPageCommand('nothing of the kind')).toBe(false);
});
