import type { TrackInfo } from '../../src-main/common/contract/session.js';
import { setMixer, toggleSolo } from '../../src-main/common/document/edits.js';
import { highestDb, lowestDb, removedStem, trackId } from '../../src-main/common/document/records.js';
import { originsOf, removedEnvelope, removedStrip } from '../../src-main/common/document/removed.js';
import type { AutomationRegion, Envelope } from '../../src-main/common/jobs/automation.js';
import { mixGains, type ChannelGains, type MixerStrip } from '../../src-main/common/jobs/mixer.js';
import { presetMixer, type MixPreset } from '../../src-main/common/jobs/presets.js';
import { forPieces, piecesOf, type StemParents } from '../../src-main/common/jobs/stem-pieces.js';
import type { SongDocument } from './document.svelte.js';

/** Lowest step of the gain slider; it stands for silence. */
export const lowestGainDb = lowestDb;
export const highestGainDb = highestDb;

/**
 * The strips of all tracks, as the document has them. The source has its own strip: it is heard instead of the
 * stems, never with them.
 */
export class MixerState {
  constructor(private readonly document: SongDocument) {}

  strip(id: string): MixerStrip {
    const { gainDb, pan } = this.document.track(id);
    const { mute, solo, soloSafe } = this.switches(id);
    return { mute, solo, soloSafe, gainDb, pan, automation: this.envelope(id) };
  }

  /** Mute and solo as they work: what was taken away follows the stems it came from. */
  private switches(id: string): Pick<MixerStrip, 'mute' | 'solo' | 'soloSafe'> {
    const own = this.document.track(id);
    if (id !== removedStem) return own;
    return removedStrip(
      own,
      originsOf(this.document.edits).map((stem) => this.document.track(stem)),
    );
  }

  /** One gesture until `endGesture`: a fader is dragged over many values. */
  setGain(id: string, gainDb: number): void {
    this.document.update('step.gain', id, { gainDb }, `gain ${id}`);
  }

  setPan(id: string, pan: number): void {
    this.document.update('step.pan', id, { pan }, `pan ${id}`);
  }

  toggleMute(id: string): void {
    const mute = !this.document.track(id).mute;
    this.document.update(mute ? 'step.mute' : 'step.unmute', id, { mute });
  }

  /** Solo on or off; `exclusive` takes it from all others. */
  toggleSolo(id: string, exclusive: boolean): void {
    const on = exclusive || !this.document.track(id).solo;
    const text = on ? 'step.solo' : 'step.unsolo';
    this.document.step({ text, stem: id }, (tx) => toggleSolo(tx, trackId(id), exclusive));
  }

  toggleSoloSafe(id: string): void {
    const soloSafe = !this.document.track(id).soloSafe;
    this.document.update(soloSafe ? 'step.soloSafe' : 'step.soloUnsafe', id, { soloSafe });
  }

  /** Mutes a stem, or all its pieces, in one step; those that are muted already are heard again. */
  toggleMuteOf(name: string, tracks: readonly TrackInfo[], parents?: StemParents): void {
    const parts = piecesOf(
      name,
      tracks.map(({ id }) => id),
      parents,
    );
    if (parts.length === 0) return;
    const mute = parts.some((id) => !this.strip(id).mute);
    const stem = parts.length === 1 ? parts[0] : name;
    this.document.step({ text: mute ? 'step.mute' : 'step.unmute', stem }, (tx) => {
      for (const id of parts) tx.update('track', trackId(id), { mute });
    });
  }

  /**
   * Sets the stems' strips at once; `practice` is about `stem`, null puts everything back. `parents` says what the stems
   * were separated from.
   */
  applyPreset(
    preset: MixPreset | null,
    tracks: readonly TrackInfo[],
    stem?: string,
    parents?: StemParents,
  ): void {
    const wanted = preset === null ? {} : presetMixer(preset, preset === 'practice' ? stem : undefined);
    const strips = forPieces(
      wanted,
      tracks.map(({ id }) => id),
      parents,
    );
    const ids = tracks.map(({ id }) => trackId(id));
    this.document.step({ text: preset === null ? 'step.reset' : `step.preset.${preset}` }, (tx) =>
      setMixer(tx, ids, strips),
    );
  }

  /** What happens to a track's level in time, as the engine and the audio thread take it. */
  envelope(id: string): Envelope {
    const own = this.regions(id);
    if (id !== removedStem) return own;
    return removedEnvelope(
      own,
      originsOf(this.document.edits).map((stem) => this.regions(stem)),
    );
  }

  private regions(id: string): Envelope {
    return this.document
      .regionsOf(id)
      .map(({ kind, start, end, points }): AutomationRegion => ({ kind, start, end, points }));
  }

  /** The strips of stems by name, as commands take them. Silent gains are sent as mutes: JSON has no −∞. */
  forStems(tracks: readonly TrackInfo[]): Record<string, MixerStrip> {
    return this.stripsOf(tracks.filter(({ kind }) => kind === 'stem'));
  }

  /** What an export of the mix needs: the stems' strips, or the source's where there are no stems. */
  forExport(tracks: readonly TrackInfo[]): Record<string, MixerStrip> {
    return tracks.length > 1 ? this.forStems(tracks) : this.stripsOf(tracks);
  }

  /** Factors of every track and channel, in the order of `tracks` (the source first). */
  gains(tracks: readonly TrackInfo[], channels: number): ChannelGains[] {
    const [source, ...stems] = tracks;
    const names = stems.map(({ name }) => name);
    return [
      ...mixGains(this.stripsOf([source]), [source.name], channels),
      ...mixGains(this.forStems(tracks), names, channels),
    ];
  }

  /** Whether a track is silenced, by its own mute or by another's solo. */
  isSilent(track: TrackInfo, tracks: readonly TrackInfo[]): boolean {
    const { mute, solo, soloSafe } = this.switches(track.id);
    if (mute) return true;
    const rivals = tracks.filter(({ kind }) => kind === track.kind);
    return !solo && !soloSafe && rivals.some(({ id }) => this.switches(id).solo);
  }

  private stripsOf(tracks: readonly TrackInfo[]): Record<string, MixerStrip> {
    return Object.fromEntries(
      tracks.map(({ id, name }) => {
        const strip = this.strip(id);
        return [name, { ...strip, mute: strip.mute || strip.gainDb <= lowestGainDb }];
      }),
    );
  }
}
