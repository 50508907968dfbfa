import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll } from 'vitest';

export const redisProgram = process.env['REDIS_SERVER'] ?? '/usr/bin/redis-server';
export const hasRedis = existsSync(redisProgram);

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('No port');
  return address.port;
}

/**
 * Runs a program until it ends or the pipe to this shell closes: however the tests end, it does not outlive them. (What
 * runs in the background has no standard input, hence the third descriptor.)
 */
const untilPipeCloses =
  'exec 3<&0; "$@" & program=$!; (cat <&3 >/dev/null; kill -9 $program) & wait $program';

const servers: RedisServer[] = [];
afterAll(() => Promise.all(servers.splice(0).map((server) => server.stop())));

/** A Redis server on loopback that keeps its jobs on the disk, ended after the test file. */
export class RedisServer {
  private child: ChildProcess | undefined;

  private constructor(
    private readonly dir: string,
    readonly port: number,
    private readonly more: readonly string[],
  ) {}

  static async start(dir: string, more: readonly string[] = []): Promise<RedisServer> {
    mkdirSync(dir, { recursive: true });
    const server = new RedisServer(dir, await freePort(), more);
    servers.push(server);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.dir, '--save', ''];
    const command = [
      redisProgram,
      ...this.more,
      ...options,
      '--appendonly',
      'yes',
      '--appendfsync',
      'always',
    ];
    const child = spawn('/bin/sh', ['-c', untilPipeCloses, 'sh', ...command], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.child = child;
    await new Promise<void>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (data: Buffer) => {
        text += data.toString();
        if (text.includes('Ready to accept connections')) resolve();
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`Redis ended: ${text}`)));
    });
  }

  /** Ends it as a crash does. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.stdin?.end();
    await gone;
  }
}
