import { readFileSync } from 'node:fs';
import { parseScores, type BundledScore } from '../../common/models/scores.js';
import { resourcePath } from '../process/resources.js';

let known: ReturnType<typeof parseScores> | undefined;

/** What a model or method that comes with the program scores; nothing for others. */
export function bundledScores(id: string): readonly BundledScore[] {
  known ??= parseScores(JSON.parse(readFileSync(resourcePath('models/scores.json'), 'utf8')));
  return known.get(id) ?? [];
}
