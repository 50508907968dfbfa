// How long and how dear 100,000 and 10,000,000 songs are on 1 to 1,000 workers, and what becomes the limit:
//   node test/bench/many-machines.mjs --report stems/unbraid-report.json [--price 0.05] [--storage 1000]
// Song times and sizes are those of a report of `unbraid batch`; what a song costs the queue's server is measured here
// with a real one. The plan itself is arithmetic: no song is separated, and no network is between the parts.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const progressOfSong = 10;
const songsToMeasure = 2000;

/**
 * Songs given out one by one, each to the worker that is free first; all times in seconds.
 * `timeOf(i)` is the time of song i. Answers when the last worker is done, and the work of all.
 */
export function schedule(songs, workers, timeOf) {
  const free = new Float64Array(Math.min(workers, songs));
  let work = 0;
  for (let i = 0; i < songs; i++) {
    const time = timeOf(i);
    work += time;
    free[0] += time;
    // Sift down: the earliest stays on top.
    for (let at = 0; ;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < free.length && free[child] < free[least]) least = child;
      if (least === at) break;
      [free[at], free[least]] = [free[least], free[at]];
      at = least;
    }
  }
  return { seconds: free.reduce((a, b) => Math.max(a, b), 0), work };
}

/**
 * Days and worker hours of `count` songs on so many workers, when the queue's server needs `cost` seconds of its one
 * processor a song, and storage moves so many bytes a second. `songs`: what was measured, over and over. Workers that wait
 * for either are paid for, too.
 */
export function plan(count, workers, songs, { cost, storage }) {
  const bytes = songs.reduce((sum, { read, written }) => sum + read + written, 0) / songs.length;
  const free = schedule(count, workers, (i) => songs[i % songs.length].seconds);
  const least = { queue: count * cost, storage: (count * bytes) / storage };
  const seconds = Math.max(free.seconds, least.queue, least.storage);
  const limit = seconds === free.seconds ? 'none' : seconds === least.queue ? 'queue' : 'storage';
  // Until storage or queue hold them up, workers end when there are no more songs.
  const work = limit === 'none' ? free.work : seconds * Math.min(workers, count);
  return { seconds, work, limit, bytesPerSecond: (count * bytes) / seconds };
}

/** Song times (s) and bytes (read, written) of a batch's report. */
export function songsOf(report) {
  return report.items.flatMap(({ source, state }) => {
    if (state.state !== 'done') return [];
    const { readSeconds, separateSeconds, writeSeconds, outputs } = state.result;
    const written = outputs.reduce((sum, { bytes }) => sum + bytes, 0);
    return [{ seconds: readSeconds + separateSeconds + writeSeconds, read: statSync(source).size, written }];
  });
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Processor seconds that one song costs a Redis server: added, taken, told of, finished, and read of by the batch. */
async function queueCost() {
  const bundle = fileURLToPath(new URL('../../out/node_modules/bullmq/index.mjs', import.meta.url));
  const { Queue, QueueEvents, Worker } = await import(pathToFileURL(bundle).href);
  const dir = mkdtempSync(join(tmpdir(), 'unbraid-bench-'));
  const port = await freePort();
  const options = ['--port', port, '--bind', '127.0.0.1', '--dir', dir, '--save', '', '--appendonly', 'yes'];
  const server = spawn(process.env.REDIS_SERVER ?? 'redis-server', options.map(String), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    server.stdout.on('data', (text) => String(text).includes('Ready to accept') && resolve());
    server.once('error', reject);
  });
  const connection = { host: '127.0.0.1', port, maxRetriesPerRequest: null };
  const queue = new Queue('bench', { connection });
  const events = new QueueEvents('bench', { connection });
  await events.waitUntilReady();
  const client = await queue.client;
  const cpu = async () => {
    const info = await client.info('cpu');
    return Number(/used_cpu_sys:(\S+)/.exec(info)[1]) + Number(/used_cpu_user:(\S+)/.exec(info)[1]);
  };
  const result = {
    state: 'done',
    result: { outputs: Array(4).fill({ path: 'x'.repeat(120), bytes: 1, peak: 1 }) },
  };
  const progress = { phase: 'separate', done: 1, total: 2, speed: 1, eta: 1 };
  const before = await cpu();
  let done = 0;
  const all = new Promise((resolve) => events.on('completed', () => ++done === songsToMeasure && resolve()));
  const work = async (job) => {
    for (let i = 0; i < progressOfSong; i++) await job.updateProgress(progress);
    return result;
  };
  const worker = new Worker('bench', work, { connection, concurrency: 50 });
  const data = { path: 'x'.repeat(120), settings: { model: 'unbraid-blend' }, output: 'x'.repeat(60) };
  const kept = { removeOnComplete: { age: 3600 }, attempts: 3 };
  for (let i = 0; i < songsToMeasure; i++) {
    await queue.getJob(`song-${i}`);
    await queue.add('song', data, { jobId: `song-${i}`, ...kept });
  }
  await all;
  const seconds = (await cpu()) - before;
  await Promise.all([worker.close(), events.close(), queue.close()]);
  server.kill('SIGKILL');
  rmSync(dir, { recursive: true, force: true });
  return seconds / songsToMeasure;
}

async function main() {
  const { values } = parseArgs({
    options: {
      report: { type: 'string' },
      price: { type: 'string', default: '0.05' },
      storage: { type: 'string', default: '1000' },
    },
  });
  if (!values.report) throw new Error('Name a report of `unbraid batch` with --report.');
  const songs = songsOf(JSON.parse(readFileSync(values.report, 'utf8')));
  if (songs.length === 0) throw new Error('The report has no finished song.');
  const mean = (of) => songs.reduce((sum, song) => sum + of(song), 0) / songs.length;
  const seconds = mean((song) => song.seconds);
  const bytes = mean((song) => song.read + song.written);
  const cost = await queueCost();
  const storage = Number(values.storage) * 1e6;
  const limits = { queue: Math.floor(seconds / cost), storage: Math.floor((storage * seconds) / bytes) };
  console.log(`Processor: ${cpus()[0]?.model ?? '?'}, ${availableParallelism()} cores`);
  console.log(
    `${songs.length} measured songs: ${seconds.toFixed(1)} s each, ${(bytes / 1e6).toFixed(1)} MB read and written`,
  );
  console.log(
    `Queue: ${(1e3 * cost).toFixed(3)} ms of the server's processor a song, so ${Math.floor(1 / cost)} songs/s at most`,
  );
  console.log(
    `One server serves ${limits.queue} workers; storage of ${values.storage} MB/s feeds ${limits.storage}.\n`,
  );
  console.log('| songs | workers | days | worker hours | cost | songs/s | MB/s | limit |');
  console.log('| ----- | ------- | ---- | ------------ | ---- | ------- | ---- | ----- |');
  for (const count of [1e5, 1e7]) {
    for (const workers of [1, 10, 100, 1000]) {
      const { seconds, work, limit, bytesPerSecond } = plan(count, workers, songs, { cost, storage });
      const cells = [
        count.toLocaleString('en'),
        workers,
        (seconds / 86400).toFixed(2),
        Math.round(work / 3600).toLocaleString('en'),
        Math.round((work / 3600) * Number(values.price)).toLocaleString('en'),
        (count / seconds).toFixed(3),
        (bytesPerSecond / 1e6).toFixed(1),
        limit,
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
