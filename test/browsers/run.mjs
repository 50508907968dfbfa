// A smoke run of the page in Firefox and WebKit, where they are installed: open the demo, separate, play, mute, export.
// Firefox is also run without any output for sound. It installs nothing and says which browser is missing; one that is
// named has to be there: `npm run test:browsers [-- firefox webkit]`.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowsers } from './drivers.mjs';

const main = fileURLToPath(new URL('../../out/hosts/web/main.js', import.meta.url));

async function startHost() {
  const state = mkdtempSync(join(tmpdir(), 'unbraid-browsers-'));
  const child = spawn(process.execPath, [main, '--port', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UNBRAID_STATE: state },
  });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const address = await new Promise((resolve, reject) => {
    child.stdout.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', (code) => reject(new Error(`The web host ended with code ${code}`)));
  });
  const end = async () => {
    child.kill('SIGTERM');
    await gone;
    rmSync(state, { recursive: true, force: true });
  };
  return { address, end };
}

/** Helpers of the page: elements by what a person reads, and waiting for them. */
const helpers = `
  const wait = async (what, find, ms = 30000) => {
    const end = performance.now() + ms;
    for (;;) {
      const found = find();
      if (found) return found;
      if (performance.now() > end) throw new Error('Waited in vain for ' + what + '; the page says: ' +
        document.body.innerText.replaceAll('\\n', ' | ').slice(0, 300));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const named = (selector, name) => [...document.querySelectorAll(selector)].find((element) =>
    (element.getAttribute('aria-label') ?? element.innerText ?? '').trim() === name && !element.disabled);
  const press = async (name, where = 'button') => (await wait('“' + name + '”', () => named(where, name))).click();
  const shown = (pattern) => [...document.querySelectorAll('[role=img]')].find((element) =>
    pattern.test(element.getAttribute('aria-label') ?? ''));
  const { app } = await wait('the page', () => window.__unbraid);
  const quiet = () => { if (app.error) throw new Error(JSON.stringify(app.error)); };
`;

/** Each step is the body of an async function in the page; what it answers is checked here. */
const steps = [
  {
    name: 'opens the demo',
    run: `app.settings.language = 'en';
      await press('Try the demo song');
      await wait('the editor', () => named('button', 'Play'), 90000);
      quiet();
      return { frames: app.song.info.frames, isolated: crossOriginIsolated };`,
    check: ({ frames, isolated }) => frames > 44_100 && isolated,
  },
  {
    // Without WebGL 2 (a machine without a graphics driver) a lane is a waveform.
    name: 'draws the song',
    run: `const webgl = document.createElement('canvas').getContext('webgl2') !== null;
      const canvas = await wait('a lane', () => document.querySelector('canvas[data-track="source"]'));
      const shades = () => {
        if (canvas.width === 0 || canvas.height === 0) return 0;
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Set();
        for (let i = 0; i < data.length; i += 4) seen.add(data[i] * 65536 + data[i + 1] * 256 + data[i + 2]);
        return seen.size;
      };
      await wait('the picture', () => shades() > (webgl ? 50 : 1), 30000);
      return { webgl, shades: shades() };`,
    check: ({ webgl, shades }) => shades > (webgl ? 50 : 1),
  },
  {
    name: 'separates',
    seconds: 150,
    run: `const field = await wait('the choice of models', () => [...document.querySelectorAll('select')].find(
        (element) => [...element.options].some(({ value }) => value === 'hpss')));
      field.value = 'hpss';
      field.dispatchEvent(new Event('change', { bubbles: true }));
      await press('Separate');
      await wait('the null test', () => shown(/^Null test/), 120000);
      quiet();
      return { tracks: app.song.tracks.map(({ name }) => name) };`,
    check: ({ tracks }) => tracks.length === 3,
  },
  {
    name: 'plays',
    run: `const { player } = app.song;
      player.seek(44100);
      await press('Play');
      const recording = await window.__unbraid.record();
      await wait('the sound', () => recording.frames() > 22050, 30000);
      const planes = recording.stop();
      quiet();
      return { position: player.position, peak: Math.max(...planes[0].map(Math.abs)) };`,
    check: ({ position, peak }) => position > 44_100 && peak > 0.01,
  },
  {
    name: 'mutes a stem',
    run: `const names = app.song.tracks.slice(1).map(({ name }) => name);
      for (const name of names) await press('Mute ' + name);
      await wait('the button', () => named('button', 'Mute ' + names[1])?.getAttribute('aria-pressed') === 'true');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const recording = await window.__unbraid.record();
      await wait('the sound', () => recording.frames() > 11025, 30000);
      const muted = Math.max(...recording.stop()[0].map(Math.abs));
      await press('Mute ' + names[0]);
      await press('Pause');
      return { muted };`,
    check: ({ muted }) => muted === 0,
  },
  {
    name: 'exports a stem set that can be fetched',
    run: `document.querySelector('button[title^="Export"]')?.click();
      await wait('the dialog', () => document.querySelector('dialog[open] form, [role=dialog] form'));
      await press('Export', 'button[type=submit]');
      const links = await wait('the files', () => {
        const found = [...document.querySelectorAll('a[download]')];
        return found.length > 0 && found;
      }, 60000);
      quiet();
      const sizes = [];
      for (const { href } of links) sizes.push((await (await fetch(href)).arrayBuffer()).byteLength);
      return { names: links.map(({ innerText }) => innerText), sizes };`,
    check: ({ names, sizes }) => names.length === 3 && sizes.slice(0, 2).every((bytes) => bytes > 100_000),
  },
];

/** What there is to do without an output for sound: the page says so, stops, and goes on with the rest. */
const silentSteps = [
  steps[0],
  {
    name: 'says that nothing can be heard',
    run: `await press('Play');
      const notice = await wait('the notice', () => [...document.querySelectorAll('[role=status]')].find(
        ({ innerText }) => innerText.includes('The browser plays no sound')));
      await wait('the button', () => named('button', 'Play'));
      quiet();
      return { state: app.song.player.context.state, playing: app.song.player.playing };`,
    check: ({ state, playing }) => state === 'suspended' && !playing,
  },
  steps.find(({ name }) => name === 'separates'),
];

/** Rejects when it takes longer: a promise of the page that is never kept must not keep the run. */
async function inTime(work, seconds) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer in ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function smoke({ name, start }, steps, silent = false) {
  const host = await startHost();
  const browser = await start({ silent });
  const started = Date.now();
  let passed = true;
  try {
    await browser.open(host.address);
    await browser.open(`${new URL(host.address).origin}/?debug`);
    for (const step of steps) {
      try {
        const answer = await inTime(browser.run(helpers + step.run), step.seconds ?? 60);
        const good = step.check(answer);
        console.log(`  ${good ? '✓' : '✘'} ${name} ${step.name} ${JSON.stringify(answer)}`);
        passed &&= good;
      } catch (error) {
        console.log(`  ✘ ${name} ${step.name}: ${error instanceof Error ? error.message : String(error)}`);
        passed = false;
      }
    }
  } finally {
    await browser.end();
    await host.end();
  }
  console.log(`  ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s`);
  return passed;
}

const wanted = process.argv.slice(2).map((name) => name.toLowerCase());
let passed = true;

async function attempt(browser, steps, silent) {
  try {
    return await smoke(browser, steps, silent);
  } catch (error) {
    console.log(`  ✘ ${browser.name}: ${error instanceof Error ? error.message : String(error)}`);
    return false;
  }
}

for (const browser of findBrowsers()) {
  const { name, missing } = browser;
  if (wanted.length > 0 && !wanted.includes(name.toLowerCase())) continue;
  if (missing) {
    console.log(`${name} is not installed (Debian: ${missing}): it was not tried.`);
    passed &&= wanted.length === 0;
    continue;
  }
  passed = (await attempt(browser, steps)) && passed;
  if (name === 'Firefox')
    passed = (await attempt({ ...browser, name: 'Firefox without sound' }, silentSteps, true)) && passed;
}
process.exitCode = passed ? 0 : 1;
