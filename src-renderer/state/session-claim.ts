import type { Disposable } from '../../src-main/common/base/disposal.js';

const prefix = 'unbraid-session-';

/** Says to all pages of this host that a page has a song open; the browser takes it back when the page goes. */
export function claimSession(session: string): Disposable {
  let release: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (release = resolve));
  void navigator.locks?.request(prefix + session, { mode: 'shared' }, () => over).catch(() => undefined);
  return { dispose: () => release() };
}

/** Sessions that pages have open now, all but `own`; a host may hold more, of pages that were left. */
export async function livingSessions(own: string | undefined): Promise<string[]> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return held
    .flatMap(({ name }) => (name?.startsWith(prefix) ? [name.slice(prefix.length)] : []))
    .filter((session) => session !== own);
}
