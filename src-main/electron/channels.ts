/** Requests of the page: a command, or a file it was given. */
export const invokeChannel = 'unbraid:invoke';
/** Everything the main side tells the page. */
export const eventChannel = 'unbraid:event';

/** What the preload script sends over the invoke channel. */
export type ShellRequest =
  | { readonly kind: 'command'; readonly command: string; readonly args: unknown }
  | { readonly kind: 'adopt'; readonly path: string };

/** The origin of the page: an app scheme, because file:// pages share one origin with every file. */
export const appScheme = 'unbraid-app';
export const appOrigin = `${appScheme}://app`;
