import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { entryFor, smallModel, writeCatalogue } from '../fixtures/models/catalogues.js';
import { certificate, FileServer } from '../fixtures/models/file-server.js';
import { runBin, testFolder, type Outcome } from './support/run.js';

// The built command against a real server with a certificate. Whom to trust is known to Node when it starts.
const folder = testFolder();
const models = join(folder, 'models');
const made = smallModel('small');
let plain: FileServer;
let secure: FileServer;

beforeAll(async () => {
  mkdirSync(models);
  vi.stubEnv('UNBRAID_MODELS', models);
  vi.stubEnv('UNBRAID_STATE', join(folder, 'state'));
  plain = await FileServer.start();
  secure = await FileServer.start(true);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await plain.stop();
  await secure.stop();
});

async function get(url: string, trusted = true): Promise<Outcome> {
  rmSync(join(models, 'small'), { recursive: true, force: true });
  writeCatalogue(models, [entryFor('small', { bytes: made.bytes, url }, { manifest: made.manifest })]);
  vi.stubEnv('NODE_EXTRA_CA_CERTS', trusted ? certificate : undefined);
  return runBin(['models', 'get', 'small', '--accept-licence', '--json'], { cache: join(folder, 'cache') });
}

const came = (): boolean =>
  existsSync(join(models, 'small', 'small.onnx')) &&
  readFileSync(join(models, 'small', 'small.onnx')).equals(made.bytes);

describe('models over https', () => {
  it('come from a server whose certificate is known, and from no other', async () => {
    const url = secure.set('/small', { bytes: made.bytes });
    const { code } = await get(url, false);
    expect(code).toBe(1);
    expect(came()).toBe(false);
    expect(secure.asked).toEqual([]);
    expect(await get(url)).toMatchObject({ code: 0 });
    expect(came()).toBe(true);
  });

  it('a redirect from http to https is followed', async () => {
    secure.set('/small', { bytes: made.bytes });
    const url = plain.set('/up', { redirect: secure.at('/small', 'localhost') });
    expect(await get(url)).toMatchObject({ code: 0 });
    expect(came()).toBe(true);
    expect(secure.asked.at(-1)?.host).toBe(`localhost:${secure.port}`);
  });

  it('a redirect from https to http is refused, before the other host is asked', async () => {
    // A proxy would be asked for the other host: here it sees that nobody does.
    vi.stubEnv('http_proxy', plain.at('/'));
    const before = plain.asked.length;
    const url = secure.set('/down', { redirect: 'http://elsewhere.test/small' });
    const { code, err, out } = await get(url);
    vi.stubEnv('http_proxy', undefined);
    expect(code).toBe(1);
    expect(`${out}${err}`).toContain('without encryption');
    expect(plain.asked.length + plain.tunnels.length).toBe(before);
    expect(came()).toBe(false);
  });

  it('down to this machine is allowed', async () => {
    plain.set('/small', { bytes: made.bytes });
    expect(await get(secure.set('/here', { redirect: plain.at('/small') }))).toMatchObject({ code: 0 });
    expect(came()).toBe(true);
  });
});
