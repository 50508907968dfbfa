import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'unbraid-house-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function draw(house: string): string {
  return execFileSync(process.execPath, [join(root, 'tools/draw-architecture.mjs'), house], {
    encoding: 'utf8',
  });
}

const smallest = { 'src-main/common/base/a.ts': '', 'src-renderer/main.ts': '' };

/** Writes a small house and gives its drawing's lines. */
function drawingOf(files: Readonly<Record<string, string>>): readonly string[] {
  const house = mkdtempSync(join(folder, 'house-'));
  for (const [name, text] of Object.entries({ ...smallest, ...files })) {
    mkdirSync(dirname(join(house, name)), { recursive: true });
    writeFileSync(join(house, name), text);
  }
  return draw(house).split('\n');
}

it('the drawing in docs/architecture.md is what the imports say', () => {
  const page = readFileSync(join(root, 'docs/architecture.md'), 'utf8').replaceAll('\r\n', '\n');
  const drawing = /<!-- drawing: begin -->\n\n([\s\S]*)\n<!-- drawing: end -->/.exec(page)?.[1];
  // When this fails: node tools/draw-architecture.mjs --write
  expect(drawing?.trimEnd()).toBe(draw(root).trimEnd());
});

it('no two rooms of the house import one another', () => {
  expect(draw(root)).toMatch(/### Rooms that import one another\n\nNone\./);
});

it('an import of values, of types or in a component is an arrow; one that follows from two others is not drawn', () => {
  const lines = drawingOf({
    'src-main/node/files/b.ts': "import '../../common/base/a.js';",
    'src-main/node/audio/c.ts': "import type { B } from '../files/b.js';",
    'src-main/node/api/d.ts': "import '../audio/c.js';\nimport '../files/b.js';\nimport 'node:fs';",
    'src-renderer/views/E.svelte':
      '<script lang="ts">import type { F } from \'../state/f.svelte\';</script><p>import</p>',
    'src-renderer/state/f.svelte.ts': '',
  });
  expect(lines).toContain('node/api       → node/audio node/files');
  expect(lines).toContain('  node_audio --> node_files');
  expect(lines).toContain('  node_api --> node_audio');
  expect(lines).not.toContain('  node_api --> node_files');
  expect(lines).toContain('  node --> common');
  expect(lines).toContain('  renderer_views --> renderer_state');
  expect(lines).toContain('common/base    → (nothing)');
});

it('rooms that import one another are named, and all their arrows drawn', () => {
  const lines = drawingOf({
    'src-renderer/a/a.ts': "import '../b/b.js';\nimport '../c/c.js';",
    'src-renderer/b/b.ts': "import '../c/c.js';",
    'src-renderer/c/c.ts': "import '../a/a.js';",
    'src-renderer/d/d.ts': "import '../a/a.js';",
  });
  expect(lines).toContain('- `renderer/a`, `renderer/b`, `renderer/c`');
  expect(lines).toContain('  renderer_a --> renderer_c');
  expect(drawingOf({})).toContain('None.');
});
