import { fixed } from '../../../../common/base/figures.js';
import { randomUUID } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import type { AddedModel, ModelQuestion } from '../../../../common/contract/recognition.js';
import { exitCodes, type CliContext } from '../../context.js';
import { printable } from '../../terminal.js';

interface Flags {
  readonly set: Readonly<Record<string, string>>;
  readonly json?: boolean;
}

function answer(text: string, known: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be like nFft=6144.');
  return { ...known, [text.slice(0, at)]: text.slice(at + 1) };
}

/** `unbraid models add FILE…` */
export function modelsAddCommand(context: CliContext): Command {
  return new Command('add')
    .description('take a model file of your own: recognise it, try it on ten seconds, keep it')
    .argument('<files...>', 'an ONNX file, or the files of one model with a stem each')
    .option('--set <key=value>', 'answer a question about the file (again for more)', answer, {})
    .option('--json', 'print JSON')
    .action((files: string[], _flags: Flags, command: Command) =>
      // `models` itself has `--json` too, and takes it first.
      add(context, files, command.optsWithGlobals<Flags>()),
    );
}

async function add(context: CliContext, files: readonly string[], flags: Flags): Promise<void> {
  const { engine, terminal, signal } = context;
  const job = randomUUID();
  const cancel = (): void => void engine.cancel({ job });
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const added = await engine.addModelPaths({ job, paths: [...files], answers: flags.set });
    if (flags.json) terminal.out(`${JSON.stringify(added)}\n`);
    else if (added.state === 'added') terminal.out(tell(added));
    else {
      const given = Object.entries(flags.set).map(([key, value]) => `${key}=${value}`);
      terminal.err(ask(added, files, given));
    }
    if (added.state === 'questions') context.exit(exitCodes.usage);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

function tell({ model, tried, restDb }: Extract<AddedModel, { state: 'added' }>): string {
  const { id, name, preset, by, stems, licence } = model;
  return [
    `${id}: ${printable(name)}, recognised by its ${by} as ${preset}; stems ${stems.join(', ')}; licence ${licence}`,
    `Tried on ${tried.seconds} s of sound in ${tried.took.toFixed(1)} s; the residual of its stems is at ${fixed(restDb, 1)} dB`,
    `Use it with: unbraid separate SONG -m ${id}`,
    '',
  ].join('\n');
}

function ask(
  { preset, form, questions }: Extract<AddedModel, { state: 'questions' }>,
  files: readonly string[],
  given: readonly string[],
): string {
  const line = ({ key, choices, text, suggestion }: ModelQuestion): string => {
    const among = choices.length > 0 ? choices.join(' | ') : 'any';
    const more = text && choices.length > 0 ? ' (or another)' : '';
    return `  ${key}: ${among}${more}${suggestion === null ? '' : `; most probably ${suggestion}`}`;
  };
  const example = [...given, ...questions.map(({ key, suggestion }) => `${key}=${suggestion ?? '…'}`)]
    .map((pair) => `--set ${quoted(pair)}`)
    .join(' ');
  return [
    `${printable(form)}`,
    preset === null ? 'Its family is not clear.' : `It is run as ${preset}.`,
    'The file does not say everything. Answer with --set:',
    ...questions.map(line),
    `  unbraid models add ${files.map((file) => quoted(printable(file))).join(' ')} ${example}`,
    '',
  ].join('\n');
}

function quoted(text: string): string {
  return /^[\w./,=:+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
