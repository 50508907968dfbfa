import { expect, it } from 'vitest';
import type { TrackInfo } from '../../../src-main/common/contract/session.js';
import { tracksFor } from '../../../src-main/common/document/edits.js';
import { History } from '../../../src-main/common/document/history.js';
import type { StepName } from '../../../src-main/common/document/history-schema.js';
import { newTrack, trackId } from '../../../src-main/common/document/records.js';
import { DocumentStore } from '../../../src-main/common/document/store.js';
import type { SongDocument } from '../../../src-renderer/state/document.svelte.js';
import { MixerState } from '../../../src-renderer/state/mixer.svelte.js';

const tracks = (names: readonly string[]): TrackInfo[] =>
  names.map((name) => ({ id: name, name, kind: 'stem' as const, peak: 1 }));

/** The mixer over a document's store and history, without the page's runes. */
function song(names: readonly string[]): {
  history: History<StepName>;
  mixer: MixerState;
  muted: () => string[];
} {
  const store = new DocumentStore();
  const history = new History<StepName>(store);
  history.addQuietly(tracksFor(store, names));
  const track: SongDocument['track'] = (stem) =>
    store.ofType('track').find(({ id }) => id === trackId(stem)) ?? newTrack(stem, 0);
  const step: SongDocument['step'] = (name, edit) => history.step(name, edit);
  const update: SongDocument['update'] = (text, stem, change) =>
    step({ text, stem }, (tx) => tx.update('track', trackId(stem), change));
  const document = { track, step, update, regionsOf: () => [] } as unknown as SongDocument;
  const mixer = new MixerState(document);
  return { history, mixer, muted: () => names.filter((name) => mixer.strip(name).mute) };
}

it('a stem in pieces is muted, heard again and undone in one step', () => {
  const names = ['lead', 'backing', 'drums'];
  const { history, mixer, muted } = song(names);
  mixer.toggleMuteOf('vocals', tracks(names));
  expect(muted()).toEqual(['lead', 'backing']);
  expect(history.undo()).toEqual({ text: 'step.mute', stem: 'vocals' });
  expect([muted(), history.undoName]).toEqual([[], null]);
  history.redo();
  mixer.toggleMuteOf('vocals', tracks(names));
  expect(muted()).toEqual([]);
  // One piece that is heard is reason enough to mute.
  mixer.toggleMute('lead');
  mixer.toggleMuteOf('vocals', tracks(names));
  expect(muted()).toEqual(['lead', 'backing']);
});

it('pieces are those of the recipe; without any, nothing happens', () => {
  const names = ['keys', 'strings', 'drums'];
  const { history, mixer, muted } = song(names);
  mixer.toggleMuteOf('vocals', tracks(names));
  expect([muted(), history.undoName]).toEqual([[], null]);
  mixer.toggleMuteOf('rest', tracks(names), { keys: 'rest', strings: 'rest' });
  expect(muted()).toEqual(['keys', 'strings']);
});
