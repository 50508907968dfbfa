import { describe, expect, it, vi } from 'vitest';
import { languageIds } from '../../../src-main/common/contract/languages.js';
import { pageCommands, type MenuState, type PageCommand } from '../../../src-main/common/contract/host.js';
import { menuTemplate, type MenuContext } from '../../../src-main/electron/menus.js';
import { shellTexts } from '../../../src-main/electron/menu-texts.js';
import { click, itemsOf } from './fakes.js';

const state: MenuState = { language: 'en', song: true, undo: 'Mute vocals', redo: null };
const context = (change: Partial<MenuContext> = {}): MenuContext => ({
  state,
  platform: 'linux',
  recent: [],
  developer: false,
  command: () => undefined,
  openRecent: () => undefined,
  clearRecent: () => undefined,
  ...change,
});

describe('the menu bar', () => {
  it.each(['linux', 'win32', 'darwin'] as const)('has every command of the page once (%s)', (platform) => {
    const used: PageCommand[] = [];
    const items = itemsOf(menuTemplate(context({ platform, command: (name) => used.push(name) })));
    for (const name of pageCommands) {
      const found = items.filter(({ id }) => id === name);
      expect([name, found.length]).toEqual([name, 1]);
      click(found[0]);
    }
    expect(used).toEqual([...pageCommands]);
  });

  it('has saving, exporting and collecting in the file menu, for an open song', () => {
    const file = (song: boolean): unknown[] => {
      const bar = menuTemplate(context({ state: { ...state, song } }));
      const items = itemsOf([bar.find(({ label }) => label === 'File')!]);
      return items
        .filter(({ id }) => ['save', 'export', 'collect'].includes(id!))
        .map(({ enabled }) => enabled);
    };
    expect([file(true), file(false)]).toEqual([
      [true, true, true],
      [false, false, false],
    ]);
  });

  it('offers updates where the program has any, under Help', () => {
    const help = (change: Partial<MenuContext>): ReturnType<typeof itemsOf> =>
      itemsOf([menuTemplate(context(change)).at(-1)!]);
    const labels = [shellTexts.en.updates.now, shellTexts.en.updates.atStart];
    expect(help({}).some(({ label }) => labels.includes(label!))).toBe(false);
    const look = vi.fn<() => void>();
    const setAtStart = vi.fn<(on: boolean) => void>();
    const items = help({ updates: { atStart: true, look, setAtStart } });
    const [now, atStart] = labels.map((text) => items.find(({ label }) => label === text)!);
    click(now);
    expect(look).toHaveBeenCalledTimes(1);
    expect([atStart.type, atStart.checked]).toEqual(['checkbox', true]);
    atStart.click!({ checked: false } as never, undefined, {});
    expect(setAtStart.mock.calls).toEqual([[false]]);
  });

  it('has no accelerator twice', () => {
    const keys = itemsOf(menuTemplate(context())).flatMap(({ accelerator }) => accelerator ?? []);
    expect(keys.length).toBeGreaterThan(20);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('takes no plain key away from the page', () => {
    for (const { accelerator, registerAccelerator } of itemsOf(menuTemplate(context()))) {
      if (accelerator)
        expect(registerAccelerator === false).toBe(!String(accelerator).startsWith('CmdOrCtrl'));
    }
    const mac = itemsOf(menuTemplate(context({ platform: 'darwin' })));
    const keys = mac.flatMap(({ accelerator }) => accelerator ?? []);
    expect(keys.sort()).toEqual([
      'CmdOrCtrl+K',
      'CmdOrCtrl+O',
      'CmdOrCtrl+S',
      'CmdOrCtrl+Shift+A',
      'CmdOrCtrl+Shift+E',
      'CmdOrCtrl+Shift+O',
      'CmdOrCtrl+Shift+S',
      'CmdOrCtrl+Shift+Z',
      'CmdOrCtrl+Z',
    ]);
  });

  it('names the step that is undone, and offers no other', () => {
    const items = itemsOf(menuTemplate(context()));
    expect(items.find(({ id }) => id === 'undo')).toMatchObject({
      label: 'Undo: Mute vocals',
      enabled: true,
    });
    expect(items.find(({ id }) => id === 'redo')).toMatchObject({ label: 'Redo', enabled: false });
  });

  it('without a song offers only what needs none', () => {
    const none = { ...state, song: false, undo: null };
    const items = itemsOf(menuTemplate(context({ state: none })));
    const usable = items.filter(({ id, enabled }) => id !== undefined && enabled).map(({ id }) => id);
    const pages = [
      'pageBatch',
      'pageDiagnostics',
      'pageEditor',
      'pageLab',
      'pageModels',
      'pageSettings',
      'palette',
    ];
    const others = ['language', 'open', 'openDemo', 'openProject', 'panel', 'shortcuts', 'theme'];
    expect(usable.sort()).toEqual([...others, ...pages].sort());
  });

  it('lists recent files by name, ampersands kept', () => {
    const openRecent = vi.fn<(index: number) => void>();
    const clearRecent = vi.fn<() => void>();
    const items = itemsOf(menuTemplate(context({ recent: ['a.wav', 'R&B.mp3'], openRecent, clearRecent })));
    click(items.find(({ label }) => label === 'R&&B.mp3'));
    click(items.find(({ label }) => label === shellTexts.en.menus.clearRecent));
    expect(openRecent.mock.calls).toEqual([[1]]);
    expect(clearRecent).toHaveBeenCalledTimes(1);
    const empty = itemsOf(menuTemplate(context()));
    expect(empty.find(({ label }) => label === 'No Recent Files')).toMatchObject({ enabled: false });
  });

  it.each(languageIds)('speaks every language, in every text (%s)', (language) => {
    const texts = shellTexts[language];
    const items = itemsOf(menuTemplate(context({ state: { ...state, language } })));
    expect(items.find(({ id }) => id === 'undo')?.label).toBe(`${texts.commands.undo}: Mute vocals`);
    expect(Object.keys(texts.commands).sort()).toEqual([...pageCommands].sort());
    for (const group of ['commands', 'menus', 'jobs'] as const) {
      expect(Object.keys(texts[group]).sort()).toEqual(Object.keys(shellTexts.en[group]).sort());
      expect(Object.values(texts[group]).filter((text) => text.trim() === '')).toEqual([]);
    }
    // One name a menu: two alike could not be told apart.
    for (const group of [texts.commands, texts.menus])
      expect(new Set(Object.values(group)).size).toBe(Object.keys(group).length);
    if (language !== 'en') expect(texts.menus).not.toEqual(shellTexts.en.menus);
  });

  it('offers developer tools only to developers', () => {
    const has = (developer: boolean): boolean =>
      itemsOf(menuTemplate(context({ developer }))).some(({ role }) => role === 'toggleDevTools');
    expect([has(false), has(true)]).toEqual([false, true]);
  });
});
