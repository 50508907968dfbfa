import { z } from 'zod';
import { commandSchemas, isPageCommand } from '../../../src-main/common/contract/commands.js';
import { noMarks } from '../../../src-main/common/document/marks.js';
import { documentVersion } from '../../../src-main/common/document/migrations.js';

interface JsonSchema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** What requests can name: handles, hashes and tracks that there are, or were. */
export interface Pools {
  session: string[];
  upload: string[];
  mask: string[];
  project: string[];
  page: string[];
  track: string[];
  entry: string[];
}

/** Commands that a page may send. */
export const pageCommands = Object.keys(commandSchemas).filter((name) => isPageCommand(name));

/** Those that stay on this machine, leave its models alone, and do not load long ones. */
export const fuzzableCommands = pageCommands.filter(
  (name) => !/^(model[A-Z]|catalogue|openDemo$|checkModel$)/.test(name),
);

const schemas = new Map<string, JsonSchema>(
  pageCommands.map((name) => [
    name,
    z.toJSONSchema(commandSchemas[name], {
      io: 'input',
      unrepresentable: 'any',
    }) as JsonSchema,
  ]),
);

const oddities: readonly unknown[] = [
  ...[null, true, 0, -1, 1.5, 1e308, -0, 2 ** 53, '', 'x', '../../etc/passwd', '\u0000', 'constructor'],
  ...[[], {}, [[]], { __proto__: 1 }, { toString: 1 }, 'x'.repeat(5000), '🎵', '%2e%2e/'],
];

/** Makes arguments for commands: mostly valid ones with things that exist, some with something odd in one place. */
export class Fuzzer {
  constructor(
    private readonly random: () => number,
    readonly pools: Pools,
  ) {}

  pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.random() * from.length)];
  }

  /** True so often, 0 … 1. */
  chance(share: number): boolean {
    return this.random() < share;
  }

  argument(command: string): unknown {
    const valid = this.value(schemas.get(command)!, command, '');
    return this.chance(0.35) ? this.broken(valid) : valid;
  }

  private value(schema: JsonSchema, command: string, key: string): unknown {
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return this.pick(schema.enum);
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return this.value(this.pick(choices), command, key);
    if (key === 'settings') return this.settings();
    // Mostly inside the songs, or hardly any request would get further.
    if (key === 'range' && this.chance(0.8)) return { start: 0, count: 10_000 };
    if (key === 'document') return { document: 'unbraid', version: documentVersion, records: [] };
    if (key === 'history') return noMarks;
    switch (schema.type) {
      case 'object': {
        const made: Record<string, unknown> = {};
        for (const [name, inner] of Object.entries(schema.properties ?? {})) {
          if (schema.required?.includes(name) === true || this.chance(0.5))
            made[name] = this.value(inner, command, name);
        }
        return made;
      }
      case 'array':
        return Array.from({ length: 1 + Math.floor(3 * this.random()) }, () =>
          this.value(schema.items ?? {}, command, key),
        );
      case 'string':
        return this.text(schema, command, key);
      case 'integer':
      case 'number':
        return this.number(schema);
      case 'boolean':
        return this.chance(0.5);
      case 'null':
        return null;
      case undefined:
      default:
        return this.pick(oddities);
    }
  }

  /** A method that is quick: what is fuzzed is the host. */
  private settings(): unknown {
    return { model: this.pick(['hpss', 'hpss', 'hpss', 'nothing']), workers: 1 };
  }

  private number({ minimum = -1000, maximum = 100_000, type }: JsonSchema): number {
    const [low, high] = [Math.max(minimum, -1e6), Math.min(maximum, 1e6)];
    const value = low + this.random() * (high - low);
    return type === 'integer' ? Math.round(value) : value;
  }

  private text({ pattern = '' }: JsonSchema, command: string, key: string): string {
    const pools: Readonly<Record<string, readonly string[]>> = {
      ...{ session: this.pools.session, upload: this.pools.upload, side: this.pools.upload },
      ...{
        mask: this.pools.mask,
        project: this.pools.project,
        page: this.pools.page,
        track: this.pools.track,
      },
      ...{ sources: this.pools.track, target: this.pools.track, stem: this.pools.track },
      ...{ entry: this.pools.entry, entries: this.pools.entry },
    };
    const known = pools[key];
    if (known && known.length > 0 && this.chance(0.9)) return this.pick(known);
    const hex = (digits: number): string =>
      Array.from({ length: digits }, () => Math.floor(16 * this.random()).toString(16)).join('');
    if (pattern.includes('{32}')) return hex(32);
    if (pattern.includes('{64}')) return hex(64);
    if (pattern.includes('{6}')) return `#${hex(6)}`;
    return `${command}-${Math.floor(1e6 * this.random())}`;
  }

  /** The same with one place replaced, left out or added. */
  private broken(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || this.chance(0.2)) return this.pick(oddities);
    const copy = structuredClone(value) as Record<string, unknown>;
    const keys = Object.keys(copy);
    if (keys.length === 0 || this.chance(0.1))
      copy[this.pick(['extra', '__proto__', 'toString'])] = this.pick(oddities);
    else {
      const key = this.pick(keys);
      if (this.chance(0.2)) Reflect.deleteProperty(copy, key);
      else copy[key] = this.broken(copy[key]);
    }
    return copy;
  }
}

/** Codes that a request may be refused with; anything else is a fault of this program. */
export const refusals: ReadonlySet<string> = new Set([
  ...['invalid-argument', 'not-in-this-host', 'cancelled', 'too-large', 'file-not-found', 'not-audio'],
  ...[
    'model-not-found',
    'project-open',
    'project-locked',
    'session-elsewhere',
    'track-gone',
    'permission-denied',
  ],
  ...['unsupported-format', 'damaged-audio', 'empty-audio', 'model-incompatible', 'project-damaged'],
  ...['download-failed', 'download-refused', 'licence-not-accepted'],
  ...['output-exists', 'device-unavailable', 'source-moved', 'source-changed', 'no-audio-stream'],
]);
