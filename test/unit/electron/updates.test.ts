import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MessageBoxOptions } from 'electron';
import type { UpdateCheckResult } from 'electron-updater';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { en } from '../../../src-main/electron/texts/en.js';
import { Updates, checkSigned, packagedFeed } from '../../../src-main/electron/updates.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-updates-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
const hash = 'c2hhLTUxMiBvZiB0aGUgZmlsZQ==';
/** As electron-builder writes it. */
const metadata = (version = '0.2.0', sha512 = hash): Buffer =>
  Buffer.from(
    `version: ${version}\nfiles:\n  - url: Unbraid-${version}.AppImage\n    sha512: ${sha512}\n    size: 7\n` +
      `path: Unbraid-${version}.AppImage\nsha512: ${sha512}\nreleaseDate: '2026-11-01T00:00:00.000Z'\n`,
  );
const signature = (of: Buffer, key: KeyObject = privateKey): Buffer => sign(null, of, key);
const found = (version = '0.2.0', ...hashes: string[]) => ({
  ...{ version, path: '', sha512: hash, releaseDate: '', releaseNotes: 'Less noise' },
  files: (hashes.length > 0 ? hashes : [hash]).map((sha512) => ({ url: 'a', sha512 })),
});

describe('the signature', () => {
  const signed = metadata();

  it('covers the version and every file', () => {
    expect(() => checkSigned(found(), signed, signature(signed), pem)).not.toThrow();
    const refused = { code: 'download-refused' };
    expect(() => checkSigned(found('0.3.0'), signed, signature(signed), pem)).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => checkSigned(found('0.2.0', hash, 'b3RoZXI='), signed, signature(signed), pem)).toThrow(
      expect.objectContaining(refused),
    );
    expect(() => checkSigned({ ...found(), files: [] }, signed, signature(signed), pem)).toThrow(
      expect.objectContaining(refused),
    );
  });

  it('must be of these bytes, by this key', () => {
    const other = generateKeyPairSync('ed25519').privateKey;
    expect(() => checkSigned(found(), signed, signature(signed, other), pem)).toThrow(/signature is wrong/);
    expect(() => checkSigned(found(), metadata('0.2.0', 'b3RoZXI='), signature(signed), pem)).toThrow(
      /signature is wrong/,
    );
  });

  it('is what the signing tool writes', () => {
    const release = join(folder, 'release');
    mkdirSync(release);
    writeFileSync(join(release, 'latest-linux.yml'), signed);
    writeFileSync(join(folder, 'key.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const tool = fileURLToPath(new URL('../../../tools/dist/sign-updates.mjs', import.meta.url));
    execFileSync(process.execPath, [tool, join(folder, 'key.pem'), release], { stdio: 'pipe' });
    const written = readFileSync(join(release, 'latest-linux.yml.sig'), 'utf8');
    expect(() => checkSigned(found(), signed, Buffer.from(written, 'base64'), pem)).not.toThrow();
  });
});

it('packages without a place for releases or without a key never look', () => {
  const resources = join(folder, 'resources');
  mkdirSync(resources);
  expect(packagedFeed(resources)).toBeUndefined();
  writeFileSync(join(resources, 'app-update.yml'), 'provider: generic\nurl: https://example.org/unbraid/\n');
  expect(packagedFeed(resources)).toBeUndefined();
  writeFileSync(join(resources, 'update-key.pem'), pem);
  expect(packagedFeed(resources)).toEqual({ url: 'https://example.org/unbraid', key: pem });
  writeFileSync(join(resources, 'app-update.yml'), 'provider: generic\nurl: http://example.org/unbraid\n');
  expect(packagedFeed(resources)).toBeUndefined();
});

describe('Updates', () => {
  let seen: string[];
  let atEnd: () => unknown;
  let said: MessageBoxOptions[];
  let answers: number[];
  let release: () => void;
  let idle: Promise<void>;
  let result: Pick<UpdateCheckResult, 'isUpdateAvailable' | 'updateInfo'> | Error;
  let served: Map<string, Buffer>;
  const updater = {
    ...{ autoDownload: true, autoInstallOnAppQuit: true },
    checkForUpdates: () => {
      seen.push(`check, download by itself: ${updater.autoDownload}`);
      return result instanceof Error
        ? Promise.reject(result)
        : Promise.resolve({ ...result, versionInfo: result.updateInfo });
    },
    // Like electron-updater's own: what is to happen at the end is arranged when the download ends, and not later.
    downloadUpdate: () => {
      seen.push('download');
      if (updater.autoInstallOnAppQuit)
        atEnd = () => updater.autoInstallOnAppQuit && seen.push('install at the end');
      return Promise.resolve([]);
    },
    quitAndInstall: () => void seen.push('install'),
  };
  const make = (arch = 'x64'): Updates =>
    new Updates({
      ...{ feed: { url: 'https://example.org', key: pem }, platform: 'linux', arch },
      updater: () => Promise.resolve(updater),
      fetch: (url) => {
        const body = served.get(url);
        const answer = { ok: body !== undefined, status: body ? 200 : 404 };
        return Promise.resolve({
          ...answer,
          arrayBuffer: () => Promise.resolve(new Uint8Array(body!).buffer),
        });
      },
      dialog: {
        showMessageBox: (options: unknown) => {
          said.push(options as MessageBoxOptions);
          return Promise.resolve({ response: answers.shift() ?? 0, checkboxChecked: false });
        },
      },
      idle: () => idle,
      texts: () => en.updates,
      file: join(folder, 'state/updates.json'),
    });

  beforeEach(() => {
    [seen, said, answers] = [[], [], []];
    atEnd = () => undefined;
    idle = Promise.resolve();
    result = { isUpdateAvailable: true, updateInfo: found() };
    const about = metadata();
    served = new Map([
      ['https://example.org/latest-linux.yml', about],
      ['https://example.org/latest-linux.yml.sig', Buffer.from(signature(about).toString('base64'))],
    ]);
    Object.assign(updater, { autoDownload: true, autoInstallOnAppQuit: true });
    rmSync(join(folder, 'state'), { recursive: true, force: true });
  });

  it('asks nothing of the network until somebody wants it, and keeps that choice', async () => {
    await make().started();
    expect(seen).toEqual([]);
    make().atStart = true;
    expect(make().atStart).toBe(true);
    answers = [1];
    await make().started();
    expect(seen).toEqual(['check, download by itself: false']);
    expect(said.map(({ message, detail }) => [message, detail])).toEqual([
      ['Version 0.2.0 is available.', 'Less noise'],
    ]);
    make().atStart = false;
    await make().started();
    expect(seen.length).toBe(1);
  });

  it('downloads and installs after a question each', async () => {
    answers = [0, 0];
    await make().asked();
    expect(seen).toEqual(['check, download by itself: false', 'download', 'install']);
    expect(said.at(-1)!.buttons).toEqual(['Restart Now', 'Install When I Quit']);
  });

  it('installs when the program ends, if that is wanted', async () => {
    answers = [0, 1];
    await make().asked();
    expect(seen.at(-1)).toBe('download');
    atEnd();
    expect(seen.at(-1)).toBe('install at the end');
  });

  it('installs nothing at the end that was not wanted', async () => {
    answers = [1];
    await make().asked();
    atEnd();
    expect(seen).toEqual(['check, download by itself: false']);
  });

  it('reads what is said of a release for the processor that it is for', async () => {
    const [plain, signed] = [...served.values()];
    served = new Map([
      ['https://example.org/latest-linux-arm64.yml', plain],
      ['https://example.org/latest-linux-arm64.yml.sig', signed],
    ]);
    answers = [0, 0];
    await make('arm64').asked();
    expect(seen.at(-1)).toBe('install');
    await make('x64').asked();
    expect(said.at(-1)!.detail).toMatch(/latest-linux\.yml.* answered 404/);
  });

  it('waits for the jobs that run', async () => {
    idle = new Promise((resolve) => (release = resolve));
    const looked = make().asked();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(seen).toEqual(['check, download by itself: false']);
    release();
    await looked;
    expect(seen).toEqual(['check, download by itself: false', 'download', 'install']);
  });

  it('never downloads what was not signed', async () => {
    served.set(
      'https://example.org/latest-linux.yml.sig',
      Buffer.from(signature(metadata('9')).toString('base64')),
    );
    await make().asked();
    served.delete('https://example.org/latest-linux.yml.sig');
    await make().asked();
    expect(seen).toEqual(Array(2).fill('check, download by itself: false'));
    expect(said.map(({ type, detail }) => [type, detail])).toEqual([
      ['warning', 'The update to 0.2.0 is not trusted: its signature is wrong'],
      ['warning', 'https://example.org/latest-linux.yml.sig answered 404'],
    ]);
  });

  it('says that this is the newest, or what failed, to those who asked', async () => {
    result = { isUpdateAvailable: false, updateInfo: found() };
    await make().asked();
    result = new Error('no network');
    await make().asked();
    expect(said.map(({ message, detail }) => [message, detail])).toEqual([
      ['This is the newest version.', undefined],
      ['The check for updates has failed.', 'no network'],
    ]);
    said = [];
    make().atStart = true;
    await make().started();
    expect(said).toEqual([]);
  });

  it('two questions at once are one', async () => {
    answers = [1];
    const updates = make();
    await Promise.all([updates.asked(), updates.asked()]);
    expect(seen.length).toBe(1);
  });
});
