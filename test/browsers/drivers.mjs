// Firefox and WebKit by WebDriver: BiDi for Firefox (no other program needed), the classic protocol for WebKit.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import WebSocket from 'ws';

/** A program of this name on the PATH; null without one. */
function which(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Tries until it works; the last error is thrown after `ms`. */
async function eventually(work, ms = 30_000) {
  const end = Date.now() + ms;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

/** What runs now: it must not outlive this process, however that ends. */
const running = new Set();
process.on('exit', () => {
  for (const kill of running) kill();
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130));

/** Starts a program in a new process group, so that its children end with it; `end` waits for that. */
function start(program, args, env = {}) {
  const child = spawn(program, args, { stdio: 'ignore', detached: true, env: { ...process.env, ...env } });
  const gone = new Promise((resolve) => child.once('exit', resolve).once('error', resolve));
  const kill = () => {
    running.delete(kill);
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It ended by itself.
    }
  };
  running.add(kill);
  return { end: () => (kill(), gone) };
}

/** A screen for programs that need one: the person's own, or one in memory. */
async function startScreen() {
  if (process.env.DISPLAY) return { env: {}, end: async () => undefined };
  for (let number = 90; ; number++) {
    if (existsSync(`/tmp/.X11-unix/X${number}`)) continue;
    const screen = start(which('Xvfb'), [`:${number}`, '-screen', '0', '1440x900x24', '-nolisten', 'tcp']);
    await eventually(() => {
      if (!existsSync(`/tmp/.X11-unix/X${number}`)) throw new Error('No screen');
    });
    return { env: { DISPLAY: `:${number}` }, end: screen.end };
  }
}

/**
 * An output for sound that nobody hears, where PulseAudio is installed: without one Firefox never starts an audio
 * context. Else the browsers take the person's own.
 */
async function startSound() {
  const program = which('pulseaudio');
  if (!program) return { env: {}, end: async () => undefined };
  const home = mkdtempSync(join(tmpdir(), 'unbraid-sound-'));
  const socket = join(home, 'native');
  // Another server of this person may run: this one reads no settings and keeps all its files in `home`.
  const options = ['--daemonize=no', '--use-pid-file=no', '--exit-idle-time=-1', '--disable-shm=yes'];
  const modules = ['module-null-sink', `module-native-protocol-unix socket="${socket}" auth-anonymous=1`];
  const server = start(program, ['-n', ...options, ...modules.map((module) => `--load=${module}`)], {
    HOME: home,
    XDG_RUNTIME_DIR: home,
    PULSE_RUNTIME_PATH: home,
  });
  const end = async () => {
    await server.end();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await eventually(() => {
      if (!existsSync(socket)) throw new Error('PulseAudio did not start');
    });
  } catch (error) {
    await end();
    throw error;
  }
  return { env: { PULSE_SERVER: `unix:${socket}` }, end };
}

/** What takes every output for sound from a browser. */
const noSound = {
  env: { PULSE_SERVER: 'unix:/nowhere', ALSA_CONFIG_PATH: '/dev/null' },
  end: async () => undefined,
};

/** Preferences: sound without a gesture is not tested here, and WebGL on the processor is allowed. */
const firefoxPreferences = {
  'remote.prefs.recommended': true,
  'media.autoplay.default': 0,
  'webgl.force-enabled': true,
  'datareporting.policy.dataSubmissionEnabled': false,
  'browser.shell.checkDefaultBrowser': false,
};

async function startFirefox(program, silent) {
  const sound = silent ? noSound : await startSound();
  const home = mkdtempSync(join(tmpdir(), 'unbraid-firefox-'));
  const profile = mkdtempSync(join(home, 'profile-'));
  const lines = Object.entries(firefoxPreferences).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join(''));
  const port = await freePort();
  const args = ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', String(port)];
  const browser = start(program, args, {
    ...sound.env,
    HOME: home,
    MOZ_HEADLESS_WIDTH: '1440',
    MOZ_HEADLESS_HEIGHT: '900',
  });
  const end = async () => {
    await browser.end();
    await sound.end();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    return { ...(await bidi(port)), end };
  } catch (error) {
    await end();
    throw error;
  }
}

/** A page behind a WebDriver BiDi socket. */
async function bidi(port) {
  const socket = await eventually(
    () =>
      new Promise((resolve, reject) => {
        const made = new WebSocket(`ws://127.0.0.1:${port}/session`);
        made.once('open', () => resolve(made)).once('error', reject);
      }),
    60_000,
  );
  const waiting = new Map();
  let id = 0;
  socket.on('message', (data) => {
    const answer = JSON.parse(String(data));
    const { resolve, reject } = waiting.get(answer.id) ?? {};
    waiting.delete(answer.id);
    if (answer.type === 'error') reject?.(new Error(`${answer.error}: ${answer.message}`));
    else resolve?.(answer.result);
  });
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('The browser ended'));
  });
  const send = (method, params) =>
    new Promise((resolve, reject) => {
      waiting.set(++id, { resolve, reject });
      socket.send(JSON.stringify({ id, method, params }));
    });
  await send('session.new', { capabilities: {} });
  const [{ context }] = (await send('browsingContext.getTree', {})).contexts;
  return {
    open: (url) => send('browsingContext.navigate', { context, url, wait: 'complete' }),
    /** Runs an async function's body in the page, as a person's action; its value has to be JSON. */
    run: async (body) => {
      const { result, exceptionDetails } = await send('script.callFunction', {
        functionDeclaration: `async () => JSON.stringify((await (async () => { ${body} })()) ?? null)`,
        target: { context },
        awaitPromise: true,
        userActivation: true,
      });
      if (exceptionDetails) throw new Error(exceptionDetails.text);
      return JSON.parse(result.value);
    },
  };
}

async function startWebKit(driver, browser) {
  const sound = await startSound();
  const screen = await startScreen();
  const home = mkdtempSync(join(tmpdir(), 'unbraid-webkit-'));
  const port = await freePort();
  const program = start(driver, [`--port=${port}`, '--host=127.0.0.1'], {
    ...screen.env,
    ...sound.env,
    ...{ HOME: home, XDG_DATA_HOME: home, XDG_CACHE_HOME: home, LIBGL_ALWAYS_SOFTWARE: '1' },
    // Safari gives isolated pages shared memory; WebKitGTK has it behind this switch.
    JSC_useSharedArrayBuffer: '1',
    // No session bus or GPU process is needed on a machine without a desktop.
    ...{ GDK_BACKEND: 'x11', WEBKIT_DISABLE_DMABUF_RENDERER: '1', NO_AT_BRIDGE: '1' },
  });
  const end = async () => {
    await program.end();
    await screen.end();
    await sound.end();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  const send = async (method, path, body) => {
    const answer = await fetch(`http://127.0.0.1:${port}/session${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  try {
    const { sessionId: id } = await eventually(() =>
      send('POST', '', {
        capabilities: {
          alwaysMatch: {
            browserName: 'MiniBrowser',
            // Here a script does not count as a gesture of the user.
            'webkitgtk:browserOptions': {
              binary: browser,
              args: ['--automation', '--autoplay-policy=allow'],
            },
          },
        },
      }),
    );
    await send('POST', `/${id}/timeouts`, { script: 180_000, pageLoad: 60_000 });
    // The panel of models is closed in a narrower window.
    await send('POST', `/${id}/window/rect`, { width: 1440, height: 900 });
    return {
      open: (url) => send('POST', `/${id}/url`, { url }),
      run: async (body) => {
        const script = `const done = arguments[arguments.length - 1];
          (async () => { ${body} })().then(
            (value) => done(JSON.stringify({ value: value ?? null })),
            (error) => done(JSON.stringify({ error: String(error) })));`;
        const { value, error } = JSON.parse(await send('POST', `/${id}/execute/async`, { script, args: [] }));
        if (error) throw new Error(error);
        return value;
      },
      end: async () => {
        await send('DELETE', `/${id}`).catch(() => undefined);
        await end();
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** Where Debian puts WebKit's small browser. */
const miniBrowsers = ['x86_64', 'aarch64'].flatMap((machine) =>
  ['4.1', '6.0', '4.0'].map((version) => `/usr/lib/${machine}-linux-gnu/webkit2gtk-${version}/MiniBrowser`),
);

/** The browsers this machine has, and what is missing of the others. */
export function findBrowsers() {
  const firefox = process.env.FIREFOX ?? which('firefox-esr') ?? which('firefox');
  const driver = which('WebKitWebDriver');
  const mini = process.env.MINIBROWSER ?? miniBrowsers.find((path) => existsSync(path));
  const screen = process.env.DISPLAY ?? which('Xvfb');
  return [
    firefox
      ? { name: 'Firefox', start: ({ silent }) => startFirefox(firefox, silent) }
      : { name: 'Firefox', missing: 'firefox-esr' },
    driver && mini && screen
      ? { name: 'WebKit', start: () => startWebKit(driver, mini) }
      : { name: 'WebKit', missing: driver && mini ? 'xvfb' : 'webkit2gtk-driver' },
  ];
}
