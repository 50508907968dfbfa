import { dirname } from 'node:path';
import type { CommandArgs, Endpoints } from '../../common/contract/commands.js';
import type { ModelCheck, SeparatorSummary } from '../../common/contract/models.js';
import { UnbraidError } from '../../common/base/errors.js';
import { Slots } from '../../common/base/slots.js';
import { manifestJsonSchema } from '../../common/separation/manifest.js';
import type { Device } from '../../common/jobs/settings.js';
import { bundledScores } from '../catalogue/bundled-scores.js';
import { InferenceWorker } from '../inference/inference-worker.js';
import {
  findSeparator,
  infoOf,
  listSeparators,
  modelsOf,
  parentsOf,
  type AvailableSeparator,
  type ModelSeparatorEntry,
} from '../inference/model-store.js';
import type { ProcessSpawner } from '../process/spawner.js';
import { userModelFolder } from '../state/model-settings.js';

/** The part of the contract about separators: lists and checks them. */
export class ModelsApi {
  readonly endpoints: Pick<Endpoints, 'models' | 'manifestSchema' | 'checkModel'> = {
    models: () => Promise.resolve(this.models()),
    manifestSchema: () => Promise.resolve(manifestJsonSchema()),
    checkModel: (args) => this.checks.run(() => this.checkModel(args)),
  };

  /** Each check loads a model in a separate process. */
  private readonly checks = new Slots(2);

  constructor(private readonly spawner: ProcessSpawner) {}

  private models(): Awaited<ReturnType<Endpoints['models']>> {
    const list = listSeparators();
    return {
      separators: list.separators.map(summary),
      broken: list.broken.map(({ file, error }) => ({ file, error: error.toWire() })),
      userFolder: userModelFolder(),
    };
  }

  private async checkModel(args: CommandArgs<'checkModel'>): Promise<ModelCheck> {
    const found = findSeparator(args.id);
    let worst: ModelCheck = { id: args.id, provider: 'cpu', goldenMaxAbs: null, tolerance: 0 };
    for (const model of modelsOf(found)) {
      const checked = await this.checkOne(model, args.device);
      if ((checked.goldenMaxAbs ?? 0) >= (worst.goldenMaxAbs ?? 0)) worst = { ...checked, id: args.id };
    }
    return worst;
  }

  private async checkOne(found: ModelSeparatorEntry, device: Device): Promise<ModelCheck> {
    const worker = new InferenceWorker(this.spawner);
    try {
      const { manifest, folder } = found;
      const opened = await worker.open({
        kind: 'model',
        manifest,
        folder,
        device,
        threads: 1,
        quality: {},
      });
      const { maxAbs, tolerance } = await worker.call('golden', null);
      if (maxAbs !== null && maxAbs > tolerance) {
        throw new UnbraidError(
          'inference-failed',
          `The model differs from its stored result by ${maxAbs.toExponential(1)} (at most ${tolerance} is right)`,
          { file: folder, hint: 'Try --device cpu, or get the model again.' },
        );
      }
      return { id: found.id, provider: opened.provider, goldenMaxAbs: maxAbs, tolerance };
    } finally {
      worker.dispose();
    }
  }
}

function summary(separator: AvailableSeparator): SeparatorSummary {
  const { id, name, kind, description, stems } = separator;
  const models = modelsOf(separator);
  const sizes = models.flatMap(({ manifest }) => manifest.graphs.map((graph) => graph.bytes ?? 0));
  const licences = [...new Set(models.map(({ manifest }) => manifest.license.weights))];
  const removable = isBelow(placeOf(separator), userModelFolder());
  return {
    id,
    name,
    kind,
    study: separator.kind === 'model' && separator.manifest.study,
    description,
    stems,
    parents: parentsOf(separator),
    license: licences.join(', ') || 'no weights',
    sampleRate: infoOf(separator, {}).sampleRate,
    installed: models.every((model) => model.installed),
    removable,
    // A person's own model may have the name of one that comes with the program.
    scores: removable ? [] : bundledScores(id),
    bytes: models.length > 0 ? sizes.reduce((sum, bytes) => sum + bytes, 0) : null,
  };
}

/** The folder of a separator's files; null for a classic method. */
function placeOf(separator: AvailableSeparator): string | null {
  if (separator.kind === 'classic') return null;
  if (separator.kind === 'model') return separator.folder;
  return separator.file === undefined ? null : dirname(separator.file);
}

const isBelow = (dir: string | null, folder: string): boolean =>
  dir !== null && (dir === folder || dirname(dir) === folder);
