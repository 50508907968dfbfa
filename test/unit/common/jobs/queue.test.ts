import { describe, expect, it } from 'vitest';
import {
  canQueue,
  countQueue,
  productStem,
  queueProducts,
  queueStep,
  type QueueAction,
  type QueueState,
} from '../../../../src-main/common/jobs/queue.js';
import { blendSpeed, expectedSeconds, speedKey } from '../../../../src-main/common/jobs/speed.js';
import { isAudioName } from '../../../../src-main/common/jobs/audio-names.js';

type State = QueueState<string>;
const progress = { phase: 'separate', done: 1, total: 2, speed: null, eta: null } as const;
const error = { code: 'not-audio', message: 'This is not audio' } as const;

const states: Readonly<Record<State['state'], State>> = {
  waiting: { state: 'waiting' },
  running: { state: 'running', progress: null },
  paused: { state: 'paused' },
  done: { state: 'done', result: 'r' },
  skipped: { state: 'skipped', result: 'r' },
  failed: { state: 'failed', error },
  cancelled: { state: 'cancelled' },
};

/** Every arrow of the diagram above `QueueState`. */
const arrows: readonly [State['state'], QueueAction<string>, State][] = [
  ['waiting', { act: 'start' }, { state: 'running', progress: null }],
  ['running', { act: 'advance', progress }, { state: 'running', progress }],
  ['running', { act: 'finish', result: 'x', skipped: false }, { state: 'done', result: 'x' }],
  ['running', { act: 'finish', result: 'x', skipped: true }, { state: 'skipped', result: 'x' }],
  ['running', { act: 'fail', error }, { state: 'failed', error }],
  ['running', { act: 'pause' }, { state: 'paused' }],
  ['running', { act: 'cancel' }, { state: 'cancelled' }],
  ['paused', { act: 'resume' }, { state: 'waiting' }],
  ['paused', { act: 'goOn' }, { state: 'running', progress: null }],
  ['paused', { act: 'pause' }, { state: 'paused' }],
  ['paused', { act: 'finish', result: 'x', skipped: false }, { state: 'done', result: 'x' }],
  ['paused', { act: 'fail', error }, { state: 'failed', error }],
  ['paused', { act: 'cancel' }, { state: 'cancelled' }],
  ['failed', { act: 'retry' }, { state: 'waiting' }],
  ['cancelled', { act: 'retry' }, { state: 'waiting' }],
];

describe('a song of the queue', () => {
  it.each(arrows)('that is %s follows %j', (from, action, to) => {
    expect(queueStep(states[from], action)).toEqual(to);
  });

  it('knows no other arrow', () => {
    for (const [name, state] of Object.entries(states)) {
      for (const [, action] of arrows) {
        const drawn = arrows.some(([from, { act }]) => from === name && act === action.act);
        expect([name, action.act, canQueue(action.act, state.state)]).toEqual([name, action.act, drawn]);
        if (!drawn) expect(() => queueStep(state, action)).toThrow(/cannot/);
      }
    }
  });

  it('is counted by its state', () => {
    expect(countQueue(['done', 'failed', 'done'])).toMatchObject({ done: 2, failed: 1, waiting: 0 });
  });

  it('names the stem that its product needs', () => {
    expect(queueProducts.map(productStem)).toEqual([null, 'vocals', 'vocals', 'drums']);
  });
});

describe('measured speeds', () => {
  const settings = { model: 'hpss', device: 'auto' } as const;

  it('say how long a song will take, and nothing if nothing was measured', () => {
    const speeds = { [speedKey(settings)]: 4 };
    expect(expectedSeconds(speeds, settings, 60)).toBe(15);
    expect(expectedSeconds(speeds, { ...settings, overlap: 0.5 }, 60)).toBeNull();
    expect(expectedSeconds(speeds, { ...settings, model: 'constructor' }, 60)).toBeNull();
    expect(expectedSeconds({}, settings, 60)).toBeNull();
  });

  it('move half way to each new one', () => {
    expect([blendSpeed(undefined, 8), blendSpeed(4, 8)]).toEqual([8, 6]);
  });
});

describe('names that look like audio', () => {
  it('are known by their ending in any case, and are not hidden', () => {
    const names = ['a.wav', 'a.FLAC', 'b.stem.mp4', 'cover.jpg', '.wav', '.hidden.mp3x', 'wav'];
    expect(names.map(isAudioName)).toEqual([true, true, true, false, false, false, false]);
  });
});
