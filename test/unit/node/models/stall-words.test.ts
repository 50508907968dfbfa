import { expect, it } from 'vitest';
import { stateText } from '../../../../src-main/hosts/cli/commands/models/get.js';

it('the line of a download says when the server sends nothing, not a speed of 0', () => {
  const common = { state: 'receiving', file: 'a.onnx', host: 'example.test' } as const;
  const [bytes, total] = [3 * 2 ** 20, 9 * 2 ** 20];
  const moving = stateText({ ...common, bytes, total, speed: 2 ** 20, eta: 6 });
  expect(moving).toMatch(/^3\.0 MiB of 9\.0 MiB from example\.test, 1\.0 MiB\/s, .+ left$/);
  expect(stateText({ ...common, bytes, total, speed: 0, eta: null })).toBe(
    '3.0 MiB of 9.0 MiB; example.test is not sending anything',
  );
});
