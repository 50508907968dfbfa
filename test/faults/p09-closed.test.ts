import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { testFolder } from '../fixtures/audio/caches.js';
import { integers, wavBytes } from '../fixtures/audio/wav-bytes.js';

const dir = testFolder();
const codec = new CodecClient();
const asked: string[] = [];
let server: Server;

const wav = wavBytes({
  format: 1,
  bits: 16,
  channels: 1,
  rate: 44_100,
  data: integers(Array(4000).fill(1000), 2),
});

beforeAll(async () => {
  writeFileSync(join(dir, 'secret.wav'), wav);
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(wav);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  codec.dispose();
  server.close();
});

/** Texts that players follow to other files, with an address in them. */
const followed: Readonly<Record<string, (address: string) => string>> = {
  'an HLS list': (to) => `#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n${to}\n#EXT-X-ENDLIST\n`,
  'an HLS list with a key': (to) =>
    `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-KEY:METHOD=AES-128,URI="${to}"\n#EXTINF:1,\n${to}\n#EXT-X-ENDLIST\n`,
  'an M3U list': (to) => `#EXTM3U\n#EXTINF:1,x\n${to}\n`,
  'a concat list': (to) => `ffconcat version 1.0\nfile '${to}'\n`,
  'a DASH manifest': (to) =>
    `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>${to}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
  'an SDP file': () =>
    'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio 5004 RTP/AVP 0\n',
  'a PLS list': (to) => `[playlist]\nFile1=${to}\nNumberOfEntries=1\n`,
  'an RTSP address': (to) => `[reference]\nref1=${to.replace(/^\w+:/, 'rtsp:')}\n`,
};
const endings = ['wav', 'm3u8', 'mp3', 'mpd', 'sdp', 'ffconcat'];

describe('P9 a file that names others', () => {
  it.each(Object.entries(followed))(
    '%s opens neither a file nor the network, whatever its ending',
    async (_, text) => {
      const { port } = server.address() as AddressInfo;
      const addresses = [
        `http://127.0.0.1:${port}/x.wav`,
        `file://${join(dir, 'secret.wav')}`,
        'secret.wav',
        `concat:${join(dir, 'secret.wav')}|${join(dir, 'secret.wav')}`,
        `tcp://127.0.0.1:${port}`,
      ];
      for (const [i, address] of addresses.entries()) {
        for (const ending of endings) {
          const path = join(dir, `${i}.${ending}`);
          writeFileSync(path, text(address));
          const out = join(dir, 'out');
          await expect(codec.decode({ path, dir: out })).rejects.toMatchObject({
            code: expect.stringMatching(
              /^(not-audio|unsupported-format|damaged-audio|no-audio-stream)$/,
            ) as unknown,
            file: path,
          });
          expect(existsSync(out)).toBe(false);
        }
      }
      expect(asked).toEqual([]);
    },
  );

  it('the file they name is a good one', async () => {
    const { ref } = await codec.decode({ path: join(dir, 'secret.wav'), dir: join(dir, 'good') });
    expect(ref.frames).toBe(4000);
  });
});
