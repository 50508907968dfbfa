import type { EngineClient } from '../../../src-main/common/contract/client.js';
import { downloadAddress } from '../../api/data.js';

/** A finished file by its handle, under the name that it is saved by. */
interface Dragged {
  readonly name: string;
  readonly download: string;
}

/** Whether files can be dragged out of the window: the desktop program and browsers of Chromium's family do it. */
export function canDragOut(native: boolean): boolean {
  return native || 'userAgentData' in navigator;
}

/** What such a browser downloads to where it is dropped: type, name and address (the de-facto format `DownloadURL`). */
export function downloadUrl({ name, download }: Dragged, base: string): string {
  const address = new URL(downloadAddress(download), base).href;
  return `application/octet-stream:${name.replaceAll(':', '_')}:${address}`;
}

/** A drag of a finished file begins: the shell goes on with it, or the browser downloads it to where it is dropped. */
export function dragOut(
  event: DragEvent,
  shell: Pick<EngineClient, 'dragDownloads'> | false,
  file: Dragged,
): void {
  if (shell) {
    event.preventDefault();
    // The window may be gone when the answer comes; what fails is a drag that does not happen.
    shell.dragDownloads({ downloads: [file.download] }).catch(() => undefined);
    return;
  }
  const { dataTransfer } = event;
  if (!dataTransfer) return;
  dataTransfer.effectAllowed = 'copy';
  dataTransfer.setData('DownloadURL', downloadUrl(file, location.href));
  dataTransfer.setData('text/uri-list', new URL(downloadAddress(file.download), location.href).href);
}
