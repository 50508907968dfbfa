// The few globals that every runtime of this project has (Node, Chromium, workers); `common` compiles
// against no runtime's types, so they are declared here and nowhere else.
interface AbortSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
