import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { OpenedProject, ProjectRecovery, ProjectView } from '../../src-main/common/contract/project.js';
import type { PackedDrawn } from './kept-drawing.js';
import { keptSpan, keptZoom } from '../picture/viewport.js';
import type { SavedProject } from './project-port.js';
import { ProjectController } from './project.svelte.js';
import type { SongDocument } from './document.svelte.js';
import type { SentMasks } from './sent-masks.js';
import type { SongView } from './view.svelte.js';

/** A song with its document, as its project has it. */
export type OpenedSong = OpenedProject;

/** What was loaded, and the project if it was one. */
export function loadedSong(loaded: SessionInfo | OpenedSong): {
  readonly info: SessionInfo;
  readonly opened: OpenedSong | undefined;
} {
  return 'recovery' in loaded ? { info: loaded.info, opened: loaded } : { info: loaded, opened: undefined };
}

/** Opens a song, or the project of one. */
export type LoadSong = () => Promise<SessionInfo | OpenedSong>;

/** What an open song tells the page. */
export interface SongHooks {
  readonly fail: (error: unknown) => void;
  /** It is kept at another place from now on. */
  readonly moved: (saved: SavedProject) => void;
}

interface Playhead {
  readonly position: number;
  seek(frame: number): void;
}

interface Song {
  readonly document: SongDocument;
  readonly info: { readonly session: string };
  readonly drawn: { send(client: EngineClient, session: string, drawn: PackedDrawn): Promise<void> };
  readonly masks: SentMasks;
  readonly player: Playhead;
  readonly view: SongView;
}

/** What a project keeps of the view; `position` of the playhead in frames. */
function viewOf({ span, length, selection }: SongView, { position }: Playhead): ProjectView {
  const framesPerPixel = keptZoom(span, length);
  return {
    ...{ start: span.start, framesPerPixel, position: Math.max(0, Math.round(position)) },
    selection: selection && { start: selection.start, end: selection.end },
  };
}

/** Shows what a project was saved with. */
function restoreView(view: SongView, player: Playhead, kept: ProjectView): void {
  const { start, framesPerPixel, selection, position } = kept;
  view.span = keptSpan(start, framesPerPixel, view.length);
  if (selection) view.select(selection.start, selection.end);
  player.seek(Math.min(position, view.length));
}

/**
 * The project of a song; one that was `opened` as a project gets from it its document, what can be undone there, and
 * its view.
 */
export function songProject(
  song: Song,
  client: EngineClient,
  fail: (error: unknown) => void,
  moved: (saved: SavedProject) => void,
  opened?: OpenedSong,
): ProjectController {
  const { document, info, masks, player, view } = song;
  if (opened) document.load(opened.document.records, opened.history);
  const { session } = info;
  const project = new ProjectController({
    client,
    session,
    document,
    fail,
    moved,
    view: () => viewOf(view, player),
    sendMasks: (session) => masks.sendAll(session),
    sendDrawn: (session, drawn) => song.drawn.send(client, session, drawn),
  });
  if (opened) project.attach(opened);
  if (opened?.view) restoreView(view, player, opened.view);
  return project;
}

/** The recovery to report after opening a project: without damage to a drawing that this tab still has. */
export function toldRecovery(
  recovery: ProjectRecovery,
  { lost }: { readonly lost: boolean },
): ProjectRecovery {
  const others = recovery.missing.filter((what) => what !== 'drawing');
  return { ...recovery, missing: lost ? [...others, 'drawing'] : others };
}

/** The page leaves a song. A separation goes on: the host keeps its stems, and closes the song afterwards. */
export async function leaveSong(client: EngineClient, { session }: Song['info']): Promise<void> {
  await client.closeSession({ session, whenDone: true }).catch(() => undefined);
}
