import { UnbraidError } from '../../common/base/errors.js';
import type { CommandInput } from '../../common/contract/commands.js';
import type { SessionInfo } from '../../common/contract/session.js';

type MixerInput = NonNullable<CommandInput<'exportSession'>['mixer']>;
export type Strip = MixerInput[string];
export type Region = NonNullable<Strip['automation']>[number];

/** What was decided about one open song; replaced whole, so that a step back is the earlier value. */
type Mix = Readonly<Record<string, Strip>>;

interface Step {
  readonly name: string;
  readonly before: Mix;
}

interface OpenSong {
  info: SessionInfo;
  mix: Mix;
  readonly done: Step[];
  readonly undone: { readonly name: string; readonly after: Mix }[];
}

/** The open songs of one client, with their mixers and what can be undone. Throws `invalid-argument`. */
export class Desk {
  private readonly songs = new Map<string, OpenSong>();

  put(info: SessionInfo): void {
    const song = this.songs.get(info.session);
    if (song) song.info = info;
    else this.songs.set(info.session, { info, mix: {}, done: [], undone: [] });
  }

  remove(session: string): void {
    this.get(session);
    this.songs.delete(session);
  }

  list(): readonly SessionInfo[] {
    return [...this.songs.values()].map(({ info }) => info);
  }

  info(session: string): SessionInfo {
    return this.get(session).info;
  }

  mix(session: string): Mix {
    return this.get(session).mix;
  }

  /** The stems of a song. Throws when it has none yet. */
  stems(session: string): readonly string[] {
    const stems = this.get(session).info.tracks.filter(({ kind }) => kind === 'stem');
    if (stems.length === 0) {
      throw new UnbraidError('invalid-argument', 'The song has no stems yet', {
        hint: 'Use separate_song first.',
      });
    }
    return stems.map(({ id }) => id);
  }

  /** Changes one stem's strip, as one step. */
  change(session: string, stem: string, name: string, change: (strip: Strip) => Strip): Mix {
    const song = this.get(session);
    const stems = this.stems(session);
    if (!stems.includes(stem)) {
      throw new UnbraidError('invalid-argument', `There is no stem "${stem}"`, {
        hint: `There are ${stems.join(', ')}.`,
      });
    }
    return this.step(song, name, { ...song.mix, [stem]: change(song.mix[stem] ?? {}) });
  }

  reset(session: string): Mix {
    return this.step(this.get(session), 'reset mixer', {});
  }

  undo(session: string): { readonly undone: string; readonly mixer: Mix } {
    const song = this.get(session);
    const step = song.done.pop();
    if (!step) throw new UnbraidError('invalid-argument', 'There is nothing to undo');
    song.undone.push({ name: step.name, after: song.mix });
    song.mix = step.before;
    return { undone: step.name, mixer: song.mix };
  }

  redo(session: string): { readonly redone: string; readonly mixer: Mix } {
    const song = this.get(session);
    const step = song.undone.pop();
    if (!step) throw new UnbraidError('invalid-argument', 'There is nothing to redo');
    song.done.push({ name: step.name, before: song.mix });
    song.mix = step.after;
    return { redone: step.name, mixer: song.mix };
  }

  history(session: string): { readonly done: readonly string[]; readonly undone: readonly string[] } {
    const { done, undone } = this.get(session);
    return { done: done.map(({ name }) => name), undone: undone.map(({ name }) => name) };
  }

  private step(song: OpenSong, name: string, mix: Mix): Mix {
    song.done.push({ name, before: song.mix });
    song.undone.length = 0;
    song.mix = mix;
    return mix;
  }

  private get(session: string): OpenSong {
    const song = this.songs.get(session);
    if (song) return song;
    throw new UnbraidError('invalid-argument', 'This song is not open', {
      hint: 'Use open_song, or list_songs.',
    });
  }
}
