import { Scope } from '../base/scope.js';

/** Lets a person choose files with these endings (`.a,.b`); no files when the choice is cancelled. */
export function chooseFiles(accept: string): Promise<readonly File[]> {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.accept = accept;
  const scope = new Scope();
  return new Promise<readonly File[]>((resolve) => {
    scope.listen(input, 'change', () => resolve([...(input.files ?? [])]));
    scope.listen(input, 'cancel', () => resolve([]));
    input.click();
  }).finally(() => scope.dispose());
}
