// Draws the program's icon in all sizes from assets/icon.svg: PNG for Linux, ICO for Windows, ICNS for macOS.
// `node tools/draw-icons.mjs [FOLDER]`; the files in assets are drawn by it.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';

const root = fileURLToPath(new URL('..', import.meta.url));
const target = process.argv[2] ?? join(root, 'assets');
const svg = readFileSync(join(root, 'assets/icon.svg'), 'utf8');
const pngs = new Map();

/** The icon as a PNG of so many pixels a side. */
function png(size) {
  if (!pngs.has(size))
    pngs.set(size, new Resvg(svg, { fitTo: { mode: 'width', value: size } }).render().asPng());
  return pngs.get(size);
}

/** Windows' container, with PNGs inside (Windows Vista and later). A side of 256 is written as 0. */
function ico(sizes) {
  const head = Buffer.alloc(6 + 16 * sizes.length);
  head.writeUInt16LE(1, 2);
  head.writeUInt16LE(sizes.length, 4);
  let offset = head.length;
  sizes.forEach((size, index) => {
    const at = 6 + 16 * index;
    head.writeUInt8(size % 256, at);
    head.writeUInt8(size % 256, at + 1);
    head.writeUInt16LE(1, at + 4);
    head.writeUInt16LE(32, at + 6);
    head.writeUInt32LE(png(size).length, at + 8);
    head.writeUInt32LE(offset, at + 12);
    offset += png(size).length;
  });
  return Buffer.concat([head, ...sizes.map(png)]);
}

/** macOS's container: blocks of type, length with these eight bytes, and a PNG. */
function icns(types) {
  const blocks = Object.entries(types).flatMap(([type, size]) => [block(type, png(size).length), png(size)]);
  return Buffer.concat([
    block(
      'icns',
      blocks.reduce((sum, { length }) => sum + length, 0),
    ),
    ...blocks,
  ]);
}

function block(type, length) {
  const head = Buffer.alloc(8, type, 'latin1');
  head.writeUInt32BE(8 + length, 4);
  return head;
}

mkdirSync(join(target, 'icons'), { recursive: true });
for (const size of [16, 24, 32, 48, 64, 128, 256, 512])
  writeFileSync(join(target, 'icons', `${size}x${size}.png`), png(size));
writeFileSync(join(target, 'icon.png'), png(512));
writeFileSync(join(target, 'icon.ico'), ico([16, 24, 32, 48, 64, 128, 256]));
writeFileSync(
  join(target, 'icon.icns'),
  icns({ ic11: 32, ic12: 64, ic07: 128, ic13: 256, ic08: 256, ic14: 512, ic09: 512, ic10: 1024 }),
);
