import { copyFileSync, linkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { CommandArgs } from '../../common/contract/commands.js';
import type { SessionComparison } from '../../common/contract/scoring.js';
import type { ComparisonReport } from '../../common/jobs/comparison.js';
import { sanitiseName } from '../../common/jobs/naming.js';
import { removedTrack } from '../../common/separation/edits/edit.js';
import { compare } from '../compare/compare.js';
import type { OwnStem } from '../compare/own-stems.js';
import { makeFolder } from '../files/make-folder.js';
import type { SongRunner } from '../jobs/song-runner.js';
import { stemsOf } from '../jobs/stem-folders.js';
import type { Session } from '../session/session.js';
import type { HandledFile } from './handles.js';
import type { SessionsApi } from './sessions-api.js';

/** Compares systems on a piece of an open song, or of its true stems. Throws what `compare` throws. */
export async function compareInSession(
  sessions: SessionsApi,
  args: CommandArgs<'compareSession'>,
  freshRunner: () => SongRunner,
): Promise<SessionComparison> {
  const { models, start, seconds, baselines, language } = args;
  if (models.length === 0 && !args.own)
    throw new UnbraidError('invalid-argument', 'There is nothing to compare', {
      hint: 'Name models, or take your own stems.',
    });
  const held = sessions.uploads.holdAll(args.truth);
  let report: ComparisonReport | undefined;
  try {
    const { files } = await sessions.makeFiles(args, async (session, dir, options) => {
      const { song, name } = session;
      const input =
        held.files.length > 0 ? truthFolder(held.files, join(dir, sanitiseName(name))) : song.path;
      const made = await compare(
        sessions.songRunner,
        {
          ...(args.own && { own: ownStems(session) }),
          ...{ input, models, start, seconds, baselines, format: 'opus', overwrite: false },
          ...{ output: join(dir, 'report'), device: 'auto', workers: undefined, language },
        },
        { ...options, freshRunner },
      );
      report = { ...made, name };
      const page = { name: `${sanitiseName(name)}.html`, path: made.page, bytes: statSync(made.page).size };
      return { files: [page], gainDb: 0, writtenNullDb: null, warnings: [] };
    });
    const { start: from, sampleRate, channels, truth, systems, warnings } = report!;
    return {
      ...{ name: report!.name, start: from, seconds: report!.seconds, sampleRate, channels },
      ...{ truth, systems, warnings, download: files[0].download },
    };
  } finally {
    held.release();
  }
}

/** The stems of a song as its edits make them, without what they took away. */
function ownStems(session: Session): OwnStem[] {
  session.refuseWhileRunning('Score its stems when the separation is done.');
  const stems = session.state.tracks.filter(({ kind, name }) => kind === 'stem' && name !== removedTrack);
  if (stems.length > 0) return stems.map(({ name, ref }) => ({ name, ref }));
  throw new UnbraidError('invalid-argument', 'The song has no stems yet', { hint: 'Separate it first.' });
}

/** The uploads under the names that say what stems they are. Throws `invalid-argument` for two files of one stem. */
function truthFolder(files: readonly HandledFile[], folder: string): string {
  // A page sends what lies in the folders of a folder, too: those of a whole data set have the same names.
  stemsOf(files);
  makeFolder(folder);
  for (const { name, path } of files) {
    const target = join(folder, sanitiseName(name));
    try {
      linkSync(path, target);
    } catch {
      // Not every disk has links.
      copyFileSync(path, target);
    }
  }
  return folder;
}
