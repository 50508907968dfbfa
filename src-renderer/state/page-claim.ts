import type { Disposable } from '../../src-main/common/base/disposal.js';
import { createClient, type EngineClient, type Transport } from '../../src-main/common/contract/client.js';
import { commandsOfPages } from '../../src-main/common/contract/commands.js';
import { Scope } from '../base/scope.js';

const key = 'unbraid-song';
const projectKey = 'unbraid-project';
const beforeKey = 'unbraid-page-before';
/** How often the page says that it is there, ms. */
const beatMs = 20_000;

/**
 * This page towards the host: its name goes with every command that changes a song, the host regularly hears from it,
 * and the song it has open is found again after a reload (S7–S9).
 */
export class PageClaim implements Disposable {
  readonly id = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
  readonly client: EngineClient;
  /** The page that this tab was before a reload. */
  private before = sessionStorage.getItem(beforeKey);
  private readonly scope = new Scope();

  constructor(transport: Transport) {
    // A tab that is duplicated from here on was no other page before.
    keep(beforeKey, null);
    this.client = createClient({
      invoke: (command, args) =>
        transport.invoke(
          command,
          commandsOfPages.has(command) ? { page: this.id, ...(args as object) } : args,
        ),
      subscribe: (listener) => transport.subscribe(listener),
    });
    const leave = (): void => {
      keep(beforeKey, this.id);
      void this.client.pageGone({ page: this.id }).catch(() => undefined);
    };
    const live = (): void => void this.client.pageAlive({ page: this.id }).catch(() => undefined);
    const show = (): void => {
      keep(beforeKey, null);
      live();
    };
    this.scope.interval(live, beatMs);
    this.scope.listen(window, 'pagehide', leave);
    // A page that comes back out of the browser's cache was not reloaded.
    this.scope.listen(window, 'pageshow', show);
  }

  /** Tells the host that the page of before a reload is gone: its goodbye may be lost, or later than what comes next. */
  async leaveBefore(): Promise<void> {
    const { before } = this;
    this.before = null;
    if (before !== null) await this.client.pageGone({ page: before }).catch(() => undefined);
  }

  /** The song this tab had open before it was reloaded. */
  get remembered(): string | null {
    return sessionStorage.getItem(key);
  }

  /** The handle of its project, for when the host was started anew meanwhile. */
  get rememberedProject(): string | null {
    return sessionStorage.getItem(projectKey);
  }

  remember(session: string | null): void {
    keep(key, session);
  }

  rememberProject(project: string | null): void {
    keep(projectKey, project);
  }

  dispose(): void {
    this.scope.dispose();
  }
}

function keep(name: string, value: string | null): void {
  if (value === null) sessionStorage.removeItem(name);
  else sessionStorage.setItem(name, value);
}
