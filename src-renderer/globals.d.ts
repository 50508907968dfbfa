/** The scope of an AudioWorklet module, which the DOM library does not describe. */
declare const sampleRate: number;
declare function registerProcessor(
  name: string,
  processor: new (options?: AudioWorkletNodeOptions) => object,
): void;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
