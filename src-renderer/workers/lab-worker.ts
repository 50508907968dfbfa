import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import { Scope } from '../base/scope.js';
import { LabKernel, transfersOf, type LabAnswer, type LabTask } from './lab-tasks.js';

export interface LabRequest {
  readonly id: number;
  readonly task: LabTask;
}
export type LabReply = { readonly id: number } & (
  { readonly answer: LabAnswer } | { readonly error: WireError }
);

/** What a worker's global scope has of that; the page's types know windows only. */
const thread = globalThis as unknown as EventTarget & {
  postMessage(reply: LabReply, transfer?: ArrayBuffer[]): void;
};
const kernel = new LabKernel();

new Scope().listen(thread, 'message', (event) => {
  const { id, task } = (event as MessageEvent<LabRequest>).data;
  try {
    const answer = kernel.run(task);
    thread.postMessage({ id, answer }, transfersOf(answer));
  } catch (error) {
    thread.postMessage({ id, error: toUnbraidError(error).toWire() });
  }
});
