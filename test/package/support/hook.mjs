// Gives a process `electron` from support/electron.mjs.
import { register } from 'node:module';

const fake = new URL('./electron.mjs', import.meta.url).href;
const source = `export const resolve = (name, context, next) =>
  name === 'electron' ? { url: ${JSON.stringify(fake)}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(source)}`);
