import { describe, expect, it } from 'vitest';
import { channelGroups } from '../../../../src-main/common/separation/channel-map.js';

describe('channel map', () => {
  it.each([
    [1, 'mono', [[0]]],
    [2, 'stereo', [[0, 1]]],
    [6, '5.1', [[0, 1], [2], [3], [4, 5]]],
    [8, '7.1', [[0, 1], [2], [3], [4, 5], [6, 7]]],
    [
      4,
      'quad',
      [
        [0, 1],
        [2, 3],
      ],
    ],
    [4, '4 channels', [[0], [1], [2], [3]]],
  ] as const)('%i channels (%s)', (channels, layout, groups) => {
    expect(channelGroups(channels, layout, 2)).toEqual(groups);
  });

  it('a mono separator hears every channel alone', () => {
    expect(channelGroups(2, 'stereo', 1)).toEqual([[0], [1]]);
  });

  it('every channel is in exactly one group, for any number and name', () => {
    for (const layout of ['5.1', '7.1', 'stereo', 'unknown']) {
      for (let channels = 1; channels <= 8; channels++) {
        const flat = channelGroups(channels, layout, 2).flat();
        expect([...flat].sort((a, b) => a - b)).toEqual(Array.from({ length: channels }, (_, c) => c));
      }
    }
  });
});
