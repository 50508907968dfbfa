// Draws the rooms of the house and the arrows between them from the imports in the sources.
//   node tools/draw-architecture.mjs [ROOT]           prints the drawing
//   node tools/draw-architecture.mjs [ROOT] --write   puts it into docs/architecture.md
// A room is a folder below src-main/{common,node,hosts,electron} or src-renderer; files that lie beside the rooms are
// a room with the name of the area. An arrow means "imports", for values or for types.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const areas = ['common', 'node', 'hosts', 'electron', 'renderer'];
const page = 'docs/architecture.md';
const [begin, end] = ['<!-- drawing: begin -->\n\n', '\n<!-- drawing: end -->'];

/** `node/audio` for a file in src-main/node/audio, `electron` for one in src-main/electron itself; null outside. */
function roomOf(root, path) {
  const [top, ...rest] = relative(root, path).split(sep);
  const parts = top === 'src-renderer' ? ['renderer', ...rest] : top === 'src-main' ? rest : [];
  if (!areas.includes(parts[0])) return null;
  // Texts are below the rest of the folder that they lie in.
  if (parts[1] === 'shared' && parts[2] === 'strings') return 'renderer/strings';
  return parts.slice(0, Math.min(2, parts.length - 1)).join('/');
}

function scriptOf(file) {
  const text = readFileSync(file, 'utf8');
  if (!file.endsWith('.svelte')) return text;
  return [...text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map((match) => match[1]).join('\n');
}

/** Room → the other rooms that its files import, both sorted. */
function readRooms(root) {
  const rooms = new Map();
  for (const folder of ['src-main', 'src-renderer']) {
    for (const name of readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(ts|svelte)$/.test(name) || name.endsWith('.d.ts')) continue;
      const file = join(root, folder, name);
      const room = roomOf(root, file);
      if (room === null) continue;
      if (!rooms.has(room)) rooms.set(room, new Set());
      for (const { fileName } of ts.preProcessFile(scriptOf(file)).importedFiles) {
        const target = fileName.startsWith('.') ? roomOf(root, resolve(dirname(file), fileName)) : null;
        if (target !== null && target !== room) rooms.get(room).add(target);
      }
    }
  }
  return new Map([...rooms].sort().map(([room, targets]) => [room, [...targets].sort()]));
}

/** Room → all rooms that a path of one arrow or more leads to. */
function reachOf(rooms) {
  const reach = new Map();
  for (const room of rooms.keys()) {
    const found = new Set();
    const visit = (at) => {
      for (const next of rooms.get(at) ?? []) {
        if (found.has(next)) continue;
        found.add(next);
        visit(next);
      }
    };
    visit(room);
    reach.set(room, found);
  }
  return reach;
}

/** Arrows without those that follow from others: a → c goes where a → b → c is there. Circles stay whole. */
function withoutShortcuts(rooms) {
  const reach = reachOf(rooms);
  const inCircle = (a, b) => (reach.get(a)?.has(b) && reach.get(b)?.has(a)) ?? false;
  const follows = (from, to) =>
    rooms
      .get(from)
      .some(
        (over) => over !== to && !inCircle(from, over) && !inCircle(over, to) && reach.get(over)?.has(to),
      );
  return [...rooms].flatMap(([from, targets]) =>
    targets.filter((to) => inCircle(from, to) || !follows(from, to)).map((to) => [from, to]),
  );
}

const id = (room) => room.replace(/\W/g, '_');

function mermaid(rooms, direction) {
  const lines = [...rooms.keys()].map((room) => `  ${id(room)}["${room}"]`);
  const arrows = withoutShortcuts(rooms).map(([from, to]) => `  ${id(from)} --> ${id(to)}`);
  return ['```mermaid', `flowchart ${direction}`, ...lines, ...arrows, '```'].join('\n');
}

/** The same graph with areas in place of rooms. */
function joinAreas(rooms) {
  const areaOf = (room) => room.split('/')[0];
  const joined = new Map(areas.map((area) => [area, new Set()]));
  for (const [room, targets] of rooms) {
    for (const target of targets)
      if (areaOf(target) !== areaOf(room)) joined.get(areaOf(room)).add(areaOf(target));
  }
  return new Map([...joined].map(([area, targets]) => [area, [...targets].sort()]));
}

/** What lies within one area. */
function within(rooms, area) {
  const inside = (room) => room.split('/')[0] === area;
  return new Map(
    [...rooms].filter(([room]) => inside(room)).map(([room, targets]) => [room, targets.filter(inside)]),
  );
}

/** Rooms of which each leads to the others and back, one line a circle. */
function circles(rooms) {
  const reach = reachOf(rooms);
  const found = new Set();
  for (const room of rooms.keys()) {
    if (!reach.get(room).has(room)) continue;
    const members = [...rooms.keys()].filter(
      (other) => reach.get(room).has(other) && reach.get(other).has(room),
    );
    found.add(`- ${members.map((member) => `\`${member}\``).join(', ')}`);
  }
  return [...found].join('\n') || 'None.';
}

function everyArrow(rooms) {
  const width = Math.max(...[...rooms.keys()].map((room) => room.length));
  const lines = [];
  for (const [room, targets] of rooms) {
    let line = `${room.padEnd(width)} →`;
    for (const target of targets) {
      if (line.length + target.length + 1 > 108) {
        lines.push(line);
        line = ' '.repeat(width + 2);
      }
      line += ` ${target}`;
    }
    lines.push(targets.length === 0 ? `${line} (nothing)` : line);
  }
  return ['```text', ...lines, '```'].join('\n');
}

export function drawArchitecture(root) {
  const rooms = readRooms(root);
  return [
    '### Areas',
    mermaid(joinAreas(rooms), 'LR'),
    '### Rooms of `src-main/common`',
    mermaid(within(rooms, 'common'), 'TD'),
    '### Rooms of `src-main/node`',
    mermaid(within(rooms, 'node'), 'TD'),
    '### Rooms of `src-renderer`',
    mermaid(within(rooms, 'renderer'), 'TD'),
    '### Rooms that import one another',
    circles(rooms),
    '### Every arrow',
    everyArrow(rooms),
    '',
  ].join('\n\n');
}

function main(args) {
  const here = fileURLToPath(new URL('../', import.meta.url));
  const root = resolve(args.find((arg) => !arg.startsWith('--')) ?? here);
  const drawing = drawArchitecture(root);
  if (!args.includes('--write')) {
    process.stdout.write(drawing);
    return;
  }
  const file = join(root, page);
  const text = readFileSync(file, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has no place for the drawing`);
  writeFileSync(file, text.slice(0, from + begin.length) + drawing.trimEnd() + '\n' + text.slice(to));
}

main(process.argv.slice(2));
