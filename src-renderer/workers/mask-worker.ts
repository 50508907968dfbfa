import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import { Scope } from '../base/scope.js';
import { changeMask, type MaskChangeTask } from './mask-change.js';

export type MaskChangeAnswer = { readonly mask: Uint8Array<ArrayBuffer> } | { readonly error: WireError };

/** What a worker's global scope has of that; the page's types know windows only. */
const thread = globalThis as unknown as EventTarget & {
  postMessage(answer: MaskChangeAnswer, transfer: ArrayBuffer[]): void;
};

new Scope().listen(thread, 'message', (event) => {
  const { data } = event as MessageEvent<MaskChangeTask>;
  try {
    const mask = changeMask(data);
    thread.postMessage({ mask }, [mask.buffer]);
  } catch (error) {
    thread.postMessage({ error: toUnbraidError(error).toWire() }, []);
  }
});
