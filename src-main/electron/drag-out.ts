import type { NativeImage, WebContents } from 'electron';

/** Side of what follows the pointer, pixels. */
const side = 32;
/** Blue, green, red, alpha: the page's accent colour. */
const colour = [0x3c, 0xa6, 0xf0, 0xff] as const;

export interface DragParts {
  readonly contents: () => Pick<WebContents, 'startDrag'> | undefined;
  readonly nativeImage: {
    createFromBitmap(bitmap: Buffer, size: { width: number; height: number }): NativeImage;
  };
}

/** Goes on with a drag of the page as one of files; macOS wants a picture that is not empty. */
export function dragFiles({ contents, nativeImage }: DragParts, paths: readonly string[]): void {
  const [first] = paths;
  if (first === undefined) return;
  const bitmap = Buffer.from(Array.from({ length: side * side }, () => colour).flat());
  const icon = nativeImage.createFromBitmap(bitmap, { width: side, height: side });
  contents()?.startDrag({ file: first, files: [...paths], icon });
}
