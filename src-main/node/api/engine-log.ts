import { stripVTControlCharacters } from 'node:util';
import type { WireError } from '../../common/base/errors.js';
import { withoutPaths } from './page-policy.js';

/** Lines that are kept: enough for a report, little enough to read. */
const limit = 200;

/** What the engine did recently, for people and for bug reports; no paths, newest last. */
export class EngineLog {
  private readonly kept: string[] = [];

  /** `now` gives milliseconds since 1970. */
  constructor(private readonly now: () => number = Date.now) {}

  get lines(): readonly string[] {
    return [...this.kept];
  }

  add(text: string): void {
    this.kept.push(`${new Date(this.now()).toISOString()} ${text}`);
    this.kept.splice(0, this.kept.length - limit);
  }

  /** A line of another program: without colours and paths. */
  raw(line: string): void {
    this.add(withoutPaths({ code: 'internal', message: stripVTControlCharacters(line) }).message);
  }

  error(what: string, error: WireError): void {
    const { code, message, file } = withoutPaths(error);
    this.add(`${what}: ${code}: ${message}${file === undefined ? '' : ` (${file})`}`);
  }
}
