import { fileURLToPath } from 'node:url';
import type { Locator } from '@playwright/test';
import { expect, test } from './support/host.js';
import { familyNetworks } from '../fixtures/family-networks.js';
import { onnxModel } from '../fixtures/onnx.js';
import { openDemo, separate } from './support/page.js';

/** The pictures of the guide in docs/models.md: `SCREENS=1 npm run test:e2e -- add-model`. */
async function picture(form: Locator, name: string): Promise<void> {
  const folder = process.env.SCREENS ? '__screens__' : '../../out/.playwright-screens';
  const path = fileURLToPath(new URL(`${folder}/${name}.png`, import.meta.url));
  await form.scrollIntoViewIfNeeded();
  await form.screenshot({ path, animations: 'disabled' });
}

const [{ file, graph }] = familyNetworks['waveform'];
const network = { name: file, mimeType: 'application/octet-stream', buffer: Buffer.from(onnxModel(graph)) };

test('a model file is asked about, tried, and then in the list', async ({ app }) => {
  await app.keyboard.press('3');
  const form = app.getByRole('group', { name: 'Add a model file' });
  const choosing = app.waitForEvent('filechooser');
  await form.getByRole('button', { name: 'Choose files…' }).click();
  await (await choosing).setFiles(network);
  await expect(form.getByText(`${file} does not say everything`)).toBeVisible();
  await expect(form.getByText('mix [1, 2, 88200] → stems [1, 2, 2, 88200]')).toBeVisible();
  await expect(form.getByLabel('Family')).toHaveValue('waveform');
  await form.getByRole('button', { name: 'Try it and add it' }).click();
  const stems = form.getByLabel('Stems, in the order of the network');
  await expect(stems).toHaveValue('vocals,accompaniment');
  await picture(form, 'own-model-asked');
  await stems.fill('vocals');
  await form.getByRole('button', { name: 'Try it and add it' }).click();
  await expect(form.getByText('"vocals" is not possible for "stems"')).toBeVisible();
  await stems.fill('vocals,rest');
  await form.getByRole('button', { name: 'Try it and add it' }).click();
  await expect(form.getByText('wave-net was added.')).toBeVisible();
  await picture(form, 'own-model-added');
  const card = app.getByRole('article', { name: 'wave-net' });
  await expect(card).toBeVisible();
  await picture(card, 'own-model-card');
  // It separates the demo song, like any other.
  await app.keyboard.press('1');
  await openDemo(app);
  await separate(app, 'wave-net');
  await expect(app.getByRole('button', { name: 'Mute rest' })).toBeVisible();
});

test('a file that is not a model is refused, and the form is free for the next', async ({ app }) => {
  await app.keyboard.press('3');
  const form = app.getByRole('group', { name: 'Add a model file' });
  const choosing = app.waitForEvent('filechooser');
  await form.getByRole('button', { name: 'Choose files…' }).click();
  await (await choosing).setFiles({ ...network, buffer: Buffer.from('no graph at all') });
  await expect(form.getByText('This ONNX file cannot be read')).toBeVisible();
  await expect(form.getByRole('button', { name: 'Choose files…' })).toBeVisible();
});

/** What is asked of each family, as the guide's table says; the names are those of the form. */
const askedOf: Readonly<Record<string, readonly string[]>> = {
  'mdx-net': ['FFT size', 'Stems'],
  mdx23c: ['FFT size', 'Stems'],
  htdemucs: [],
  scnet: [],
  'open-unmix': [],
  spleeter: [],
  'bs-roformer': ['Stems'],
  'mel-band-roformer': ['What the network outputs'],
  mask: ['What the network outputs', 'Hop size', 'Stems'],
};

for (const [family, asked] of Object.entries(askedOf)) {
  test(`a file of ${family} is asked what the guide says, and runs as it is suggested`, async ({ app }) => {
    const files = familyNetworks[family].map((one) => ({
      ...{ name: one.file, mimeType: network.mimeType, buffer: Buffer.from(onnxModel(one.graph)) },
    }));
    await app.keyboard.press('3');
    const form = app.getByRole('group', { name: 'Add a model file' });
    const choosing = app.waitForEvent('filechooser');
    await form.getByRole('button', { name: 'Choose files…' }).click();
    await (await choosing).setFiles(files);
    const add = form.getByRole('button', { name: 'Try it and add it' });
    await expect(add).toBeEnabled();
    await expect(form.locator('label')).toHaveCount(asked.length);
    for (const [i, label] of asked.entries()) await expect(form.locator('label').nth(i)).toContainText(label);
    await add.click();
    await expect(form.getByText(/was added\. It took/)).toBeVisible({ timeout: 60_000 });
  });
}
