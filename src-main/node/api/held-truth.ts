import { UnbraidError } from '../../common/base/errors.js';
import type { CommandArgs } from '../../common/contract/commands.js';
import type { OracleOrder } from '../jobs/oracle-stems.js';
import { namesHint, stemsOf } from '../jobs/stem-folders.js';
import type { Uploads } from './uploads.js';

/**
 * True stems that a page has sent, held until they are released. Throws `invalid-argument`, also for a part of the song or of
 * its stems: an oracle makes all of them.
 */
export function heldTruth(
  uploads: Uploads,
  { kind, truth }: NonNullable<CommandArgs<'separateSession'>['oracle']>,
  { range, settings }: Pick<CommandArgs<'separateSession'>, 'range' | 'settings'>,
): { readonly order: OracleOrder; readonly release: () => void } {
  if (range !== undefined || settings.stems !== undefined)
    throw new UnbraidError('invalid-argument', 'An oracle makes all stems of the whole song', {
      hint: 'Leave the selection and the choice of stems out.',
    });
  const { files, release } = uploads.holdAll(truth);
  try {
    const stems = stemsOf(files);
    if (stems.size === 0)
      throw new UnbraidError('invalid-argument', 'None of these files is a stem', {
        hint: namesHint,
      });
    return { order: { kind, truth: { name: 'truth', stems } }, release: () => release() };
  } catch (error) {
    release();
    throw error;
  }
}
