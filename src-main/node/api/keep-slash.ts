import { isAbsolute, resolve } from 'node:path';

/** An absolute path that still says "folder" when the user's did. */
export function keepSlash(path: string): string {
  const absolute = isAbsolute(path) ? path : resolve(path);
  return /[/\\]$/.test(path) && !/[/\\]$/.test(absolute) ? `${absolute}/` : absolute;
}
