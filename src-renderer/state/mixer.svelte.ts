import {
  mixGains,
  neutralStrip,
  type ChannelGains,
  type MixerStrip,
} from '../../src-main/common/jobs/mixer.js';
import type { TrackInfo } from '../../src-main/common/contract/session.js';

/** Lowest step of the gain slider; it stands for silence. */
export const lowestGainDb = -60;
export const highestGainDb = 12;

/** The strips of all tracks. The source has one of its own: it is heard instead of the stems, never with them. */
export class MixerState {
  private strips = $state<Record<string, MixerStrip>>({});

  strip(id: string): MixerStrip {
    return this.strips[id] ?? neutralStrip;
  }

  set(id: string, change: Partial<MixerStrip>): void {
    this.strips[id] = { ...this.strip(id), ...change };
  }

  toggleMute(id: string): void {
    this.set(id, { mute: !this.strip(id).mute });
  }

  /** Solo on or off; `exclusive` takes it from all others. */
  toggleSolo(id: string, exclusive: boolean): void {
    const solo = !this.strip(id).solo;
    if (exclusive)
      for (const other of Object.keys(this.strips)) if (other !== id) this.set(other, { solo: false });
    this.set(id, { solo: exclusive || solo });
  }

  /** The strips of stems by name, as commands take them. Silent gains are sent as mutes: JSON has no −∞. */
  forStems(tracks: readonly TrackInfo[]): Record<string, MixerStrip> {
    const stems = tracks.filter(({ kind }) => kind === 'stem');
    return Object.fromEntries(
      stems.map(({ id, name }) => {
        const strip = this.strip(id);
        return [name, { ...strip, mute: strip.mute || strip.gainDb <= lowestGainDb }];
      }),
    );
  }

  /** Factors of every track and channel, in the order of `tracks` (the source first). */
  gains(tracks: readonly TrackInfo[], channels: number): ChannelGains[] {
    const [source, ...stems] = tracks;
    const own = this.strip(source.id);
    const silent = own.mute || own.gainDb <= lowestGainDb;
    const sourceGains = mixGains({ source: { ...own, mute: silent } }, ['source'], channels);
    return [
      ...sourceGains,
      ...mixGains(
        this.forStems(tracks),
        stems.map(({ name }) => name),
        channels,
      ),
    ];
  }

  /** Whether a track is silenced, by its own mute or by another's solo. */
  isSilent(track: TrackInfo, tracks: readonly TrackInfo[]): boolean {
    const { mute, solo } = this.strip(track.id);
    if (mute) return true;
    const rivals = tracks.filter(({ kind }) => kind === track.kind);
    return !solo && rivals.some(({ id }) => this.strip(id).solo);
  }
}
