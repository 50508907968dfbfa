import { Command } from 'commander';
import { UnbraidError } from '../../../../common/base/errors.js';
import type { CatalogueModel } from '../../../../common/contract/models.js';
import { isActive, type DownloadInfo, type DownloadState } from '../../../../common/models/download-state.js';
import { exitCodes, type CliContext } from '../../context.js';
import { errorLine, formatSeconds, printable } from '../../terminal.js';

interface Flags {
  readonly acceptLicence?: boolean;
  readonly json?: boolean;
}

/** `unbraid models get IDS… [--accept-licence]` */
export function getCommand(context: CliContext): Command {
  return new Command('get')
    .description('fetch models of the catalogue; a broken download goes on where it stopped')
    .argument('<ids...>', 'ids of the catalogue')
    .option('--accept-licence', 'accept the licences that are shown')
    .option('--json', 'print the states as JSON, one object per line')
    .action(async (ids: string[], _: Flags, command: Command) => {
      const flags = command.optsWithGlobals<Flags>();
      const { models } = await context.engine.modelCatalogue({});
      const wanted = ids.map((id) => findModel(models, id));
      const open = wanted.filter(({ installed }) => installed === null);
      for (const model of open) await accept(context, model, flags);
      for (const { entry } of wanted.filter((one) => !open.includes(one)))
        context.terminal.err(`${entry.id} is here already.\n`);
      const failed = await fetchAll(context, open, flags.json ?? false);
      if (context.signal.aborted) context.exit(exitCodes.cancelled);
      else if (failed) context.exit(exitCodes.failed);
    });
}

function findModel(models: readonly CatalogueModel[], id: string): CatalogueModel {
  const found = models.find(({ entry }) => entry.id === id);
  if (found) return found;
  const near = models
    .filter(({ entry }) => entry.id.startsWith(id) || entry.family === id)
    .map(({ entry }) => entry.id);
  throw new UnbraidError('model-not-found', `The catalogue has no model "${id}"`, {
    hint:
      near.length > 0 ? `Choose one of ${near.join(', ')}.` : '`unbraid models catalogue` lists what it has.',
  });
}

/** What is said about a licence, as lines. */
export function licenceLines({ entry }: CatalogueModel): string {
  const { name, who, where, note } = entry.licence;
  const said = who === null ? 'nobody has stated one' : `says ${who}${where === null ? '' : `, ${where}`}`;
  const lines = [
    `${entry.name} (${entry.id})`,
    `  licence:     ${name} (${said})`,
    ...(note === undefined ? [] : [`               ${note}`]),
    `  trained on:  ${entry.trainedOn ?? 'unknown'}`,
    ...(entry.note === '' ? [] : [`  note:        ${entry.note}`]),
  ];
  return lines.map(printable).join('\n');
}

async function accept(context: CliContext, model: CatalogueModel, flags: Flags): Promise<void> {
  const { terminal } = context;
  terminal.err(`${licenceLines(model)}\n`);
  if (flags.acceptLicence) return;
  const answer = await terminal.ask?.('Fetch it under these terms? [y/N] ');
  if (/^y(es)?$/i.test(answer?.trim() ?? '')) return;
  throw new UnbraidError('licence-not-accepted', `The licence of "${model.entry.name}" was not accepted`, {
    hint: `Accept it with: unbraid models get ${model.entry.id} --accept-licence`,
  });
}

/** Waits until each has ended; whether one failed. Cancelling pauses them: what has come is kept. */
async function fetchAll(
  { engine, terminal, signal }: CliContext,
  models: readonly CatalogueModel[],
  json: boolean,
): Promise<boolean> {
  if (models.length === 0) return false;
  const waiting = new Set(models.map(({ entry }) => entry.id));
  let failed = false;
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const line = new ProgressLine((text) => terminal.err(text), terminal.live && !json);
  const receive = (download: DownloadInfo): void => {
    const { id, state } = download;
    if (!waiting.has(id)) return;
    if (json) terminal.out(`${JSON.stringify({ event: 'download', ...download })}\n`);
    else line.show(download);
    if (isActive(state)) return;
    failed ||= state.state !== 'done' || state.problem !== null;
    waiting.delete(id);
    if (waiting.size === 0) end();
  };
  const unsubscribe = engine.subscribe((event) => {
    if ('models' in event && event.models === 'download') receive(event.download);
  });
  const pause = (): void => {
    for (const id of waiting) void engine.modelPause({ id });
  };
  signal.addEventListener('abort', pause, { once: true });
  try {
    for (const { entry, licence } of models) await engine.modelGet({ id: entry.id, accepted: licence });
    if (signal.aborted) pause();
    await ended;
  } finally {
    signal.removeEventListener('abort', pause);
    unsubscribe();
    line.clear();
  }
  return failed;
}

/** One line that redraws itself on a terminal, and a line for each end everywhere. */
class ProgressLine {
  private drawn = false;

  constructor(
    private readonly write: (text: string) => void,
    private readonly live: boolean,
  ) {}

  show({ id, state }: DownloadInfo): void {
    this.clear();
    const text = `${id}: ${stateText(state)}`;
    if (!isActive(state) || state.state === 'waiting') this.write(`${text}\n`);
    else if (this.live) {
      this.write(text);
      this.drawn = true;
    }
  }

  clear(): void {
    if (this.drawn) this.write('\r\u001b[K');
    this.drawn = false;
  }
}

const mib = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

/** What one line says of a download. */
export function stateText(state: DownloadState): string {
  switch (state.state) {
    case 'queued':
      return 'queued';
    case 'asking':
      return `contacting ${state.host}`;
    case 'receiving': {
      const of = state.total === null ? '' : ` of ${mib(state.total)}`;
      if (state.speed === 0) return `${mib(state.bytes)}${of}; ${state.host} is not sending anything`;
      const speed = state.speed === null ? '' : `, ${mib(state.speed)}/s`;
      const eta = state.eta === null ? '' : `, ${formatSeconds(state.eta)} left`;
      return `${mib(state.bytes)}${of} from ${state.host}${speed}${eta}`;
    }
    case 'waiting':
      return `${state.error.message}; trying again in ${(state.ms / 1000).toFixed(0)} s`;
    case 'checking':
      return 'checking what is here';
    case 'installing':
      return 'trying the model on a second of sound';
    case 'paused':
      return `stopped; ${mib(state.bytes)} are kept, and the same command goes on from there`;
    case 'failed':
      return `failed: ${errorLine(state.error)}`;
    case 'done':
      return doneText(state);
  }
}

function doneText({ problem, recorded }: DownloadState & { state: 'done' }): string {
  const hash = recorded
    ? 'Nobody has published its hash: the one that came was recorded, and later checks compare with it.'
    : 'Its hash is the published one.';
  return problem === null ? `ready. ${hash}` : `whole, but cannot be used: ${errorLine(problem)}`;
}
