import { resolve } from 'node:path';

/**
 * The files named on a command line of the shell: what is neither an option nor the program or the app's own folder.
 * `count` leading words belong to the program: 1 when it is packaged, 2 (`electron .`) when it is not.
 */
export function filesOfArguments(argv: readonly string[], cwd: string, count: number): string[] {
  return argv
    .slice(count)
    .filter((word) => word !== '' && !word.startsWith('-'))
    .map((word) => resolve(cwd, word));
}

/** Files given to the program from outside, until the page takes them. */
export class OpenedFiles {
  private waiting: string[] = [];

  /** `announce` is called for each addition; before there is a page it may do nothing. */
  constructor(private readonly announce: () => void) {}

  add(paths: readonly string[]): void {
    if (paths.length === 0) return;
    this.waiting.push(...paths);
    this.announce();
  }

  take(): readonly string[] {
    const taken = this.waiting;
    this.waiting = [];
    return taken;
  }
}
