import { Command } from 'commander';
import type { CatalogueModel, ModelCatalogue } from '../../../../common/contract/models.js';
import { exitCodes, type CliContext } from '../../context.js';
import { number } from '../../options.js';
import { errorLine, printable, table } from '../../terminal.js';
import { cancellable } from '../run-job.js';
import { licenceLines } from './get.js';

/** `models` itself has `--json` too, and takes it first. */
interface Json {
  readonly json?: boolean;
}

/** `unbraid models remove ID` */
export function removeCommand({ engine, terminal }: CliContext): Command {
  return new Command('remove')
    .description('delete a model that was fetched or imported')
    .argument('<id>')
    .action(async (id: string) => {
      await engine.modelRemove({ id });
      terminal.err(`${id} was deleted.\n`);
    });
}

/** `unbraid models verify [IDS…]` */
export function verifyCommand(context: CliContext): Command {
  return new Command('verify')
    .description('read the files of models again and compare their hashes; all models when none is named')
    .argument('[ids...]')
    .option('--json', 'print JSON')
    .action(async (ids: string[], _: Json, command: Command) => {
      const { json } = command.optsWithGlobals<Json>();
      const named = ids.length > 0 ? { ids } : {};
      const found = await cancellable(context, (job) => context.engine.modelVerify({ job, ...named }));
      const { terminal } = context;
      const rows = found.flatMap(({ id, files }) =>
        files.map(({ name, state, recorded }) => [
          id,
          name,
          recorded ? `${state} (hash recorded here)` : state,
        ]),
      );
      if (json) terminal.out(`${JSON.stringify(found)}\n`);
      else terminal.out(`${table([['model', 'file', 'state'], ...rows])}\n`);
      const wrong = found.some(({ files }) => files.some(({ state }) => state !== 'right'));
      if (wrong) context.exit(exitCodes.failed);
    });
}

/** `unbraid models import PATHS…` */
export function importCommand(context: CliContext): Command {
  return new Command('import')
    .description(
      'take models from files, folders and zip archives: by their hash, or by a manifest beside them',
    )
    .argument('<paths...>')
    .option('--json', 'print JSON')
    .action(async (paths: string[], _: Json, command: Command) => {
      const { json } = command.optsWithGlobals<Json>();
      const items = await cancellable(context, (job) => context.engine.modelImportPaths({ job, paths }));
      const { terminal } = context;
      if (json) terminal.out(`${JSON.stringify(items)}\n`);
      for (const item of json ? [] : items) {
        const what = item.id ?? item.name ?? item.source;
        if (item.error) terminal.err(`unbraid: ${printable(what)}: ${errorLine(item.error)}\n`);
        else
          terminal.out(`${printable(what)}${item.licence === null ? '' : ` (licence: ${item.licence})`}\n`);
      }
      if (items.some(({ error }) => error !== null)) context.exit(exitCodes.failed);
    });
}

/** `unbraid models folder [PATH]` */
export function folderCommand({ engine, terminal }: CliContext): Command {
  return new Command('folder')
    .description('print the folder of models, or set it; models that are in the old one stay there')
    .argument('[path]')
    .option('--default', 'go back to the usual place')
    .action(async (path: string | undefined, flags: { default?: boolean }) => {
      const set = flags.default ? engine.modelFolderPath({}) : undefined;
      const asked = path === undefined ? engine.modelCatalogue({}) : engine.modelFolderPath({ folder: path });
      terminal.out(`${(await (set ?? asked)).folder}\n`);
    });
}

interface CatalogueFlags extends Json {
  readonly set?: string;
  readonly reset?: boolean;
  readonly update?: boolean;
  readonly schema?: boolean;
}

/** `unbraid models catalogue [ID]` */
export function catalogueCommand({ engine, terminal }: CliContext): Command {
  return new Command('catalogue')
    .description('list what can be fetched; with an id, all that is known about one model')
    .argument('[id]')
    .option('--set <address>', 'address of a newer catalogue')
    .option('--reset', "go back to the program's own catalogue")
    .option('--update', 'fetch the catalogue of that address')
    .option('--schema', 'print the JSON schema of catalogues')
    .option('--json', 'print JSON')
    .action(async (id: string | undefined, _: CatalogueFlags, command: Command) => {
      const flags = command.optsWithGlobals<CatalogueFlags>();
      if (flags.schema) {
        terminal.out(`${JSON.stringify(await engine.catalogueSchema({}), null, 2)}\n`);
        return;
      }
      if (flags.reset) await engine.catalogueAddress({ address: null });
      if (flags.set !== undefined) await engine.catalogueAddress({ address: flags.set });
      const catalogue = flags.update ? await engine.catalogueUpdate({}) : await engine.modelCatalogue({});
      const models = catalogue.models.filter(({ entry }) => id === undefined || entry.id === id);
      if (flags.json) terminal.out(`${JSON.stringify({ ...catalogue, models })}\n`);
      else if (id !== undefined) terminal.out(`${models.map(describe).join('\n')}\n`);
      else list(catalogue, terminal);
    });

  function list(catalogue: ModelCatalogue, { out, err }: typeof terminal): void {
    const rows = catalogue.models.map((model) => [
      model.entry.recommended ? `${model.entry.id} *` : model.entry.id,
      model.entry.family,
      size(model.bytes),
      model.entry.licence.name,
      how(model),
      model.entry.name,
    ]);
    out(`${table([['id', 'family', 'size', 'licence', 'state', 'name'], ...rows])}\n`);
    for (const { file, error } of catalogue.broken) err(`unbraid: ${printable(file)}: ${errorLine(error)}\n`);
    const from = catalogue.from === null ? 'came with Unbraid' : `from ${catalogue.from}`;
    err(`* recommended. Catalogue of ${catalogue.updated}, ${from}. ${catalogue.note}\n`);
    err(
      'Fetch one with `unbraid models get ID`; `unbraid models catalogue ID` says all that is known about it.\n',
    );
  }
}

const size = (bytes: number | null): string =>
  bytes === null ? 'unknown' : `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const ways = {
  download: 'can be fetched',
  page: 'by hand',
  import: 'import only',
  none: 'not usable yet',
} as const;

function how({ installed, problem, availability }: CatalogueModel): string {
  if (installed !== null) return 'here';
  return problem === null ? ways[availability] : 'here, unusable';
}

/** Everything that is known about a model. */
function describe(model: CatalogueModel): string {
  const { entry } = model;
  const files = entry.files.flatMap(({ name, bytes, sha256, urls, derived }) => [
    `  file:        ${name}, ${bytes === null ? 'size unknown' : `${bytes} bytes`}`,
    `    SHA-256:   ${sha256 ?? 'unknown: the first download records it'}`,
    ...urls.map((url) => `    from:      ${url}${derived ? ' (derived, not seen)' : ''}`),
  ]);
  const scores = entry.scores.map(
    ({ stem, measure, db, on, of, who, where }) =>
      `  score:       ${stem} ${measure} ${db} dB on ${on}${of === undefined ? '' : `, of ${of}`} (${who}${where === null ? '' : `, ${where}`})`,
  );
  return [
    licenceLines(model),
    `  stems:       ${entry.stems.join(', ')}`,
    `  state:       ${how(model)}${model.problem === null ? '' : `: ${errorLine(model.problem)}`}`,
    ...(entry.obstacle === null ? [] : [`  obstacle:    ${entry.obstacle}`]),
    ...(entry.page === null ? [] : [`  page:        ${entry.page}`]),
    ...files,
    ...(scores.length > 0 ? scores : ['  score:       unknown']),
  ].join('\n');
}

interface TryFlags extends Json {
  readonly models: string;
  readonly output: string;
  readonly start: number;
  readonly seconds: number;
}

/** `unbraid models try SONG -m A,B -o DIR` */
export function tryCommand(context: CliContext): Command {
  return new Command('try')
    .description('separate a few seconds of a song with several models, to hear them side by side')
    .argument('<song>')
    .requiredOption('-m, --models <ids>', 'models or methods, separated by commas')
    .requiredOption('-o, --output <folder>', 'folder for MODEL/STEM.wav')
    .option('--start <seconds>', 'where the piece begins', number(0, 1e6), 0)
    .option('--seconds <n>', 'how long it is', number(1, 30), 10)
    .option('--json', 'print JSON')
    .action(async (source: string, _: TryFlags, command: Command) => {
      const { models, output, start, seconds, json } = command.optsWithGlobals<TryFlags>();
      const ids = models.split(',').map((id) => id.trim());
      const trial = await cancellable(context, (job) =>
        context.engine.modelTryPath({ job, source, output, models: ids, start, seconds }),
      );
      const { terminal } = context;
      if (json) terminal.out(`${JSON.stringify(trial)}\n`);
      for (const model of json ? [] : trial.models) {
        if (model.error) terminal.err(`unbraid: ${model.id}: ${errorLine(model.error)}\n`);
        else terminal.err(`${model.id}: ${model.seconds.toFixed(1)} s\n`);
        for (const { download } of model.stems) terminal.out(`${printable(download)}\n`);
      }
      if (trial.models.some(({ error }) => error !== null)) context.exit(exitCodes.failed);
    });
}
