import type { BeatsFound } from '../../common/contract/beats.js';
import { ProgressMeter } from '../../common/jobs/progress.js';
import type { RunOptions } from '../jobs/song-runner.js';
import { runMaskTask } from '../masks/mask-thread.js';
import type { Session } from './session.js';

/** The beats of a song's source, also while it is being separated. Throws `no-beat` and `cancelled`. */
export function findBeatsOf(session: Session, { signal, onProgress }: RunOptions = {}): Promise<BeatsFound> {
  const { ref } = session.song.decoded;
  const total = ref.frames / ref.sampleRate;
  const meter = new ProgressMeter(() => performance.now() / 1000);
  return session.job(signal, (both) =>
    runMaskTask('beats', { ref }, both, (share) => onProgress?.(meter.update('read', share * total, total))),
  );
}
