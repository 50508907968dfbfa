import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import { changeMask, type MaskChangeTask } from './mask-change.js';

export type MaskChangeAnswer = { readonly mask: Uint8Array<ArrayBuffer> } | { readonly error: WireError };

/** What a worker's global scope has of that; the page's types know windows only. */
const scope = globalThis as unknown as {
  addEventListener(type: 'message', listener: (event: MessageEvent<MaskChangeTask>) => void): void;
  postMessage(answer: MaskChangeAnswer, transfer: ArrayBuffer[]): void;
};

scope.addEventListener('message', ({ data }) => {
  try {
    const mask = changeMask(data);
    scope.postMessage({ mask }, [mask.buffer]);
  } catch (error) {
    scope.postMessage({ error: toUnbraidError(error).toWire() }, []);
  }
});
