/** What the pointer is over. */
export interface Hover {
  readonly track: string;
  /** Frames from the start of the song. */
  readonly frame: number;
  /** Null over a waveform. */
  readonly hertz: number | null;
}

/** A place that keys move; it stays when no lane has the focus any more. */
export interface LaneCursor {
  /** The lane that has the focus. */
  readonly track: string | null;
  readonly frame: number;
  readonly hertz: number;
}
