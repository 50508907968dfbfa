import type { Disposable } from '../../src-main/common/base/disposal.js';
import { Scope } from '../base/scope.js';
import type { Preferences } from './preferences.svelte.js';
import type { Player } from '../playback/player.svelte.js';

/** An output for sound; browsers make up the id, which another site cannot know it by. */
export interface OutputDevice {
  readonly id: string;
  readonly label: string;
}

/** What some browsers have beside the types: a question to the person, and a context's own output. */
type Asking = MediaDevices & { selectAudioOutput?: () => Promise<MediaDeviceInfo> };
type Sinking = AudioContext & { setSinkId?: (id: string) => Promise<void> };

/**
 * The outputs that sound can go to, and the one that was chosen. A chosen output that is not there stands aside for
 * the system's own, and is taken again when it comes back.
 */
export class OutputDevices implements Disposable {
  /** Those the browser names; without a permission many name none. */
  list = $state.raw<readonly OutputDevice[]>([]);
  /** Id of the output in use; empty for the system's own. */
  readonly current = $derived.by(() => this.found()?.id ?? '');
  /** The chosen output's name while it is not there. */
  readonly lost = $derived.by(() => {
    const chosen = this.preferences.output;
    return this.asked && chosen !== null && !this.found() ? chosen.label : null;
  });
  /** Whether this browser can send sound elsewhere at all. */
  readonly supported: boolean;
  private asked = $state(false);
  private readonly scope = new Scope();

  constructor(
    private readonly preferences: Preferences,
    private readonly fail: (error: unknown) => void,
    private readonly devices: MediaDevices | undefined = navigator.mediaDevices,
  ) {
    this.supported = devices !== undefined && 'setSinkId' in AudioContext.prototype;
    if (!this.supported) return;
    if (devices) this.scope.listen(devices, 'devicechange', () => void this.refresh());
    void this.refresh();
  }

  /** Whether the browser can ask the person for an output by itself. */
  get canAsk(): boolean {
    return this.devices !== undefined && 'selectAudioOutput' in this.devices;
  }

  async refresh(): Promise<void> {
    const all = await this.devices!.enumerateDevices().catch(() => []);
    this.list = all
      .filter(({ kind, deviceId }) => kind === 'audiooutput' && !['', 'default'].includes(deviceId))
      .map(({ deviceId, label }) => ({ id: deviceId, label }));
    this.asked = true;
  }

  /** Chooses an output of the list; null for the system's own. Kept. */
  choose(output: OutputDevice | null): void {
    this.preferences.set({ output });
  }

  /** Lets the browser ask; what the person does not choose changes nothing. */
  async ask(): Promise<void> {
    try {
      const { deviceId: id, label } = await (this.devices as Asking).selectAudioOutput!();
      await this.refresh();
      this.choose({ id, label });
    } catch (error) {
      if (!(error instanceof DOMException && error.name === 'NotAllowedError')) this.fail(error);
    }
  }

  /** Sends a player's sound to the output in use; an effect calls it. */
  async apply({ context }: Player): Promise<void> {
    const { current } = this;
    if (!this.supported || context.state === 'closed') return;
    try {
      await (context as Sinking).setSinkId?.(current);
    } catch (error) {
      // An output that just went away is gone from the next list too.
      if (error instanceof DOMException && error.name === 'NotFoundError') await this.refresh();
      else this.fail(error);
    }
  }

  dispose(): void {
    this.scope.dispose();
  }

  private found(): OutputDevice | undefined {
    const chosen = this.preferences.output;
    if (chosen === null) return undefined;
    return (
      this.list.find(({ id }) => id === chosen.id) ?? this.list.find(({ label }) => label === chosen.label)
    );
  }
}
