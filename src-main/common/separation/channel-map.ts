/** Which source channels a separator hears together: pairs as stereo, single channels as mono. */
export type ChannelGroups = readonly (readonly number[])[];

/** Groups by FFmpeg's channel layout name; channel order as FFmpeg gives it (FL FR FC LFE BL BR SL SR …). */
const byLayout: Readonly<Record<string, ChannelGroups>> = {
  '2.1': [[0, 1], [2]],
  '3.0': [[0, 1], [2]],
  '3.0(back)': [[0, 1], [2]],
  '3.1': [[0, 1], [2], [3]],
  '4.0': [[0, 1], [2], [3]],
  quad: [
    [0, 1],
    [2, 3],
  ],
  'quad(side)': [
    [0, 1],
    [2, 3],
  ],
  '4.1': [[0, 1], [2], [3], [4]],
  '5.0': [[0, 1], [2], [3, 4]],
  '5.0(side)': [[0, 1], [2], [3, 4]],
  '5.1': [[0, 1], [2], [3], [4, 5]],
  '5.1(side)': [[0, 1], [2], [3], [4, 5]],
  '6.0': [[0, 1], [2], [3], [4, 5]],
  '6.1': [[0, 1], [2], [3], [4], [5, 6]],
  '7.0': [[0, 1], [2], [3, 4], [5, 6]],
  '7.1': [[0, 1], [2], [3], [4, 5], [6, 7]],
};

/**
 * The explicit channel map of a source: every channel is in exactly one group, so a stem has as many channels
 * as its source. Left/right pairs go through a stereo separator together; the centre, the LFE and anything of
 * an unknown layout beyond stereo go alone, duplicated to stereo and averaged back.
 */
export function channelGroups(channels: number, layout: string, separatorChannels: 1 | 2): ChannelGroups {
  const alone = Array.from({ length: channels }, (_, c) => [c]);
  if (separatorChannels === 1) return alone;
  if (channels === 2) return [[0, 1]];
  const known = byLayout[layout];
  return known?.flat().length === channels ? known : alone;
}
