import { wellFormed } from './hand-over.js';

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Any text as XML 1.0 holds it in an attribute or an element. White space is written by number, or readers would
 * make blanks of it; control characters, which XML cannot hold, become U+FFFD.
 */
export function escapeXml(text: string): string {
  return (
    wellFormed(text)
      .replace(/[&<>"]/g, (char) => entities[char])
      .replace(/[\t\n\r]/g, (char) => `&#${char.charCodeAt(0)};`)
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}

/** One element with its attributes in order; children are elements of this function, or escaped text. */
export function xmlElement(
  name: string,
  attributes: Readonly<Record<string, string | number | boolean>>,
  children: readonly string[] = [],
): string {
  const inside = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  const tag = `${name}${inside.join('')}`;
  return children.length === 0 ? `<${tag}/>` : `<${tag}>${children.join('')}</${name}>`;
}

/** A whole document around its one element. */
export function xmlDocument(root: string): string {
  return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${root}\n`;
}
