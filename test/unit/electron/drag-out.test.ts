import { describe, expect, it } from 'vitest';
import { dragFiles } from '../../../src-main/electron/drag-out.js';
import { FakeContents, nativeImage } from './fakes.js';

describe('dragging files out of the window', () => {
  it('goes on as a drag of all of them, with a picture that is not empty', () => {
    const contents = new FakeContents();
    dragFiles({ contents: () => contents, nativeImage }, ['/a/vocals.wav', '/a/drums.wav']);
    expect(contents.startDrag.mock.calls).toEqual([
      [
        {
          file: '/a/vocals.wav',
          files: ['/a/vocals.wav', '/a/drums.wav'],
          icon: { bytes: 32 * 32 * 4, width: 32, height: 32 },
        },
      ],
    ]);
  });

  it('does nothing without files, or when the window was closed meanwhile', () => {
    const contents = new FakeContents();
    dragFiles({ contents: () => contents, nativeImage }, []);
    dragFiles({ contents: () => undefined, nativeImage }, ['/a/vocals.wav']);
    expect(contents.startDrag).not.toHaveBeenCalled();
  });
});
