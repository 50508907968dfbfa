import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dialog, MessageBoxOptions } from 'electron';
import type { AppUpdater } from 'electron-updater';
import { z } from 'zod';
import { UnbraidError } from '../common/base/errors.js';
import { writeAtomically } from '../node/files/atomic-file.js';
import type { ShellTexts } from './texts/shell-texts.js';
import { makeFolder } from '../node/files/make-folder.js';

/** Where newer versions lie, and the key that signs what is said of them. */
export interface UpdateFeed {
  /** The folder that has `latest.yml` (with the system's ending) and its signature `latest.yml.sig`, without a slash. */
  readonly url: string;
  /** Ed25519, PEM. */
  readonly key: string;
}

/**
 * The feed that the packages were made with: `app-update.yml` and `update-key.pem` among the program's resources.
 * Undefined without both: such a program never looks for updates.
 */
export function packagedFeed(resources: string): UpdateFeed | undefined {
  const [about, key] = [join(resources, 'app-update.yml'), join(resources, 'update-key.pem')];
  if (!existsSync(about) || !existsSync(key)) return undefined;
  const url = /^url: *(https:\/\/\S+?)\/?$/m.exec(readFileSync(about, 'utf8'))?.[1];
  return url === undefined ? undefined : { url, key: readFileSync(key, 'utf8') };
}

/** What electron-updater found: a version, and the SHA-512 of each of its files. */
interface Found {
  readonly version: string;
  readonly files: readonly { readonly sha512: string }[];
  readonly releaseNotes?: unknown;
}

/**
 * Holds what was found to the signed metadata: the version is theirs, and so is the hash of every file that may be
 * downloaded. Throws `download-refused` otherwise.
 */
export function checkSigned(found: Found, metadata: Buffer, signature: Buffer, key: string): void {
  const refuse = (why: string): never => {
    throw new UnbraidError('download-refused', `The update to ${found.version} is not trusted: ${why}`);
  };
  if (!verify(null, metadata, createPublicKey(key), signature)) refuse('its signature is wrong');
  const text = metadata.toString();
  const value = (name: string): string[] =>
    [...text.matchAll(new RegExp(`^[ -]*${name}: *['"]?([^'"\\s]+)['"]?\\s*$`, 'gm'))].map(
      ([, found]) => found,
    );
  if (!value('version').includes(found.version)) refuse('another version was signed');
  const hashes = new Set(value('sha512'));
  if (found.files.length === 0 || !found.files.every(({ sha512 }) => hashes.has(sha512)))
    refuse('a file in it was not signed');
}

const settingsSchema = z.strictObject({ atStart: z.boolean() });

export interface UpdateOptions {
  readonly updater: () => Promise<
    Pick<AppUpdater, 'checkForUpdates' | 'downloadUpdate' | 'quitAndInstall'> & {
      autoDownload: boolean;
      autoInstallOnAppQuit: boolean;
    }
  >;
  readonly feed: UpdateFeed;
  readonly fetch: (
    url: string,
  ) => Promise<{ ok: boolean; status: number; arrayBuffer(): Promise<ArrayBuffer> }>;
  readonly dialog: Pick<Dialog, 'showMessageBox'>;
  /** Resolves when no job runs. */
  readonly idle: () => Promise<void>;
  readonly texts: () => ShellTexts['updates'];
  /** Where the person's choice is kept. */
  readonly file: string;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/**
 * Updates of the desktop program. Nothing is asked of the network unless a person wants it: once, or at each start.
 * Nothing is downloaded or installed without a question, and neither while a job runs.
 */
export class Updates {
  private running: Promise<void> | undefined;

  constructor(private readonly options: UpdateOptions) {}

  /** Whether to look for updates at each start; off until somebody turns it on. */
  get atStart(): boolean {
    try {
      return settingsSchema.parse(JSON.parse(readFileSync(this.options.file, 'utf8'))).atStart;
    } catch {
      return false;
    }
  }

  set atStart(atStart: boolean) {
    makeFolder(dirname(this.options.file));
    writeAtomically(this.options.file, `${JSON.stringify({ atStart })}\n`);
  }

  /** Looks, if that is wanted at each start; what fails then is not shown. */
  started(): Promise<void> {
    return this.atStart ? this.look(false) : Promise.resolve();
  }

  /** Looks now and says what came of it. A second call while one runs joins it. */
  asked(): Promise<void> {
    return this.look(true);
  }

  private look(asked: boolean): Promise<void> {
    this.running ??= this.lookOnce(asked).finally(() => (this.running = undefined));
    return this.running;
  }

  private async lookOnce(asked: boolean): Promise<void> {
    const { idle } = this.options;
    const texts = this.options.texts();
    try {
      const updater = await this.options.updater();
      updater.autoDownload = false;
      // What was found and not downloaded is not installed.
      updater.autoInstallOnAppQuit = false;
      const result = await updater.checkForUpdates();
      if (!result?.isUpdateAvailable) {
        if (asked) await this.say({ message: texts.newest });
        return;
      }
      const found = result.updateInfo;
      await this.checkSigned(found);
      const notes = typeof found.releaseNotes === 'string' ? found.releaseNotes : undefined;
      const message = texts.found.replace('{version}', found.version);
      if ((await this.ask(message, notes, texts.download, texts.later)) !== 0) return;
      await idle();
      // The updater looks at this when the download ends, and not again: later would be too late.
      updater.autoInstallOnAppQuit = true;
      await updater.downloadUpdate();
      await idle();
      if ((await this.ask(texts.ready, undefined, texts.restart, texts.whenQuit)) === 0) {
        await idle();
        updater.quitAndInstall();
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (asked) await this.say({ type: 'warning', message: texts.failed, detail: reason });
    }
  }

  private async checkSigned(found: Found): Promise<void> {
    const { feed, platform, arch } = this.options;
    // As electron-updater names them; on Windows and macOS one file tells of all processors.
    const linux = arch === 'x64' ? '-linux' : `-linux-${arch}`;
    const ending = { darwin: '-mac', linux }[platform as string] ?? '';
    const [metadata, signature] = await Promise.all(
      ['', '.sig'].map((more) => this.load(`${feed.url}/latest${ending}.yml${more}`)),
    );
    checkSigned(found, metadata, Buffer.from(signature.toString('latin1').trim(), 'base64'), feed.key);
  }

  private async load(url: string): Promise<Buffer> {
    const answer = await this.options.fetch(url);
    if (!answer.ok) throw new UnbraidError('download-failed', `${url} answered ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  }

  private async ask(message: string, detail: string | undefined, ...buttons: string[]): Promise<number> {
    const cancel = { defaultId: 0, cancelId: buttons.length - 1 };
    return (await this.say({ message, ...(detail !== undefined && { detail }), buttons, ...cancel }))
      .response;
  }

  private say(options: MessageBoxOptions): ReturnType<Dialog['showMessageBox']> {
    return this.options.dialog.showMessageBox({ type: 'info', title: 'Unbraid', ...options });
  }
}
