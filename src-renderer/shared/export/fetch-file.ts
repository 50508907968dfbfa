import { downloadAddress } from '../../api/data.js';

/** Lets the browser save what is behind a download handle under a name. */
export function fetchFile(handle: string, name: string): void {
  Object.assign(document.createElement('a'), { href: downloadAddress(handle), download: name }).click();
}
