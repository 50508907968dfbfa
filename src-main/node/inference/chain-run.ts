import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError, assert } from '../../common/base/errors.js';
import {
  chainParents,
  chainResidual,
  chainStems,
  planChain,
  stepPolicy,
  type PlannedStep,
} from '../../common/separation/chain.js';
import { nullDb, planStems, type BlockCheck } from '../../common/separation/conservation.js';
import type { ChainSeparatorEntry, OneSeparator } from './model-store.js';
import type { SeparateOptions, SeparateRequest, SeparatedSong, SeparatedStem } from './separation.js';
import type { SumTask } from './sum-up.js';
import { makeFolder } from '../files/make-folder.js';

/** What a chain needs of the engine. */
export interface ChainPort {
  separate(request: SeparateRequest<OneSeparator>, options: SeparateOptions): Promise<SeparatedSong>;
  sumUp(task: SumTask, options: SeparateOptions): Promise<BlockCheck>;
}

/** The stems of one step under the chain's names; the last one is the rest. */
function named<S extends { readonly name: string }>(
  { names, keep, residual }: PlannedStep,
  stems: readonly S[],
): readonly S[] {
  const last = stems.length - 1;
  return stems.map((stem, s) => ({
    ...stem,
    name: s === last ? residual : names[keep.indexOf(stem.name)],
  }));
}

/**
 * Separates a song step by step; every step reads the stem it separates from the disk and conserves its sum, so that
 * memory stays that of one model and all stems add up to the song. Only what the wanted stems need is run. Throws what
 * a separation throws, and `invalid-argument` for a residual that the recipe does not have.
 */
export async function separateChain(
  port: ChainPort,
  request: SeparateRequest<ChainSeparatorEntry>,
  options: SeparateOptions,
): Promise<SeparatedSong> {
  const { separator, source, tempDir } = request;
  const { chain } = separator;
  checkResidual(separator, request.residual);
  const { kept, complete, names } = planStems(chainStems(chain), chainResidual(chain), 'fold', request.keep);
  const wanted = kept?.map((s) => complete[s]);
  const plan = planChain(chain, wanted ?? request.only);
  assert(plan.steps.length > 0, 'a chain gives the stems that are wanted');
  const outputs = wanted ?? plan.stems;
  const made = new Map<string, SeparatedStem>();
  const songs: SeparatedSong[] = [];
  const { onProgress, onStems, onFinished, ...waiting } = options;
  for (const [i, step] of plan.steps.entries()) {
    const dir = join(tempDir, `step-${step.index + 1}`);
    makeFolder(dir);
    const parent = step.of === undefined ? source : made.get(step.of)!.ref;
    // While the last step works, its stems grow beside those that are there; a rest is only known in the end.
    const grows = i === plan.steps.length - 1 && !wanted;
    const song = await port.separate(
      {
        ...{ ...request, separator: separator.steps[step.index], source: parent },
        ...{ residual: stepPolicy, keep: step.keep, only: undefined, tempDir: dir },
      },
      {
        ...waiting,
        onProgress: (fraction) => onProgress?.((i + fraction) / plan.steps.length),
        ...(grows && {
          onFinished: (frames) => onFinished?.(frames),
          onStems: (stems) => {
            const fresh = named(step, stems);
            onStems?.(outputs.map((name) => fresh.find((stem) => stem.name === name) ?? made.get(name)!));
          },
        }),
      },
    );
    songs.push(song);
    for (const stem of named(step, song.stems)) made.set(stem.name, stem);
    const later = plan.steps.slice(i + 1).map(({ of }) => of);
    for (const name of made.keys()) {
      if (outputs.includes(name) || later.includes(name)) continue;
      rmSync(made.get(name)!.ref.dir, { recursive: true, force: true });
      made.delete(name);
    }
  }
  const stems = outputs.map((name) => made.get(name)!);
  const restDir = wanted ? join(tempDir, 'rest') : null;
  const check = await port.sumUp({ source, stems: stems.map(({ ref }) => ref), restDir }, waiting);
  if (restDir !== null)
    stems.push({
      name: names[names.length - 1],
      ref: { ...source, dir: restDir },
      peak: check.peaks.at(-1)!,
    });
  return {
    stems,
    parents: chainParents(chain),
    nullDb: nullDb(check),
    provider: songs.find(({ provider }) => provider !== 'cpu')?.provider ?? 'cpu',
    warnings: [...new Set(songs.flatMap(({ warnings }) => warnings))],
    workSeconds: songs.reduce((sum, { workSeconds }) => sum + workSeconds, 0),
  };
}

/** A chain's recipe says where the residual of each step goes. Throws `invalid-argument`. */
export function checkResidual(
  separator: { readonly kind: string; readonly id: string },
  residual: SeparateRequest['residual'],
): void {
  if (separator.kind !== 'chain' || residual === 'fold') return;
  throw new UnbraidError('invalid-argument', `The chain "${separator.id}" sets the residual stem itself`, {
    hint: 'Leave out the setting for the residual.',
  });
}
