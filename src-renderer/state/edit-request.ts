import type { StemEdit } from '../../src-main/common/contract/session.js';
import type { EditRecord } from '../../src-main/common/document/records.js';
import type { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { areaMask, type EdgeWidth, type EditArea } from './edit-area.js';

/** An edit as it is asked for. */
export interface EditRequest {
  readonly kind: EditRecord['kind'];
  readonly sources: readonly string[];
  readonly target: string | null;
  readonly strength: number;
  /** Without it the phase of the source itself. */
  readonly phase?: EditRecord['phase'];
  /** Only of `heal` and of `clone`; see the record. */
  readonly fill?: EditRecord['fill'];
  readonly shift?: EditRecord['shift'];
  /** Soft rims of the area. */
  readonly feather: EdgeWidth;
  /** A painted mask to take instead of the whole area; it has the rims it was painted with. */
  readonly mask?: TileMask;
}

/** One of the edits of a step, and where it acts. */
export interface PlacedEdit extends EditRequest {
  readonly area: EditArea;
}

/** The bytes of an edit's mask. */
export function maskBytes({ area, feather, mask }: PlacedEdit, sampleRate: number): Uint8Array<ArrayBuffer> {
  return (mask ?? areaMask(area, sampleRate, feather)).encode() as Uint8Array<ArrayBuffer>;
}

/** The record of an edit; `mask` is the hash of its bytes. */
export function recordOf(
  { area, kind, sources, target, strength, phase, fill, shift }: PlacedEdit,
  { mask, order, sampleRate }: { readonly mask: string; readonly order: number; readonly sampleRate: number },
): EditRecord {
  const { low, high } = area.band ?? { low: 0, high: sampleRate / 2 };
  return {
    ...{ type: 'edit', id: `edit:${crypto.randomUUID()}`, order, enabled: true },
    ...{ kind, sources: [...sources], target, strength, mask },
    ...(phase && { phase }),
    ...(fill && { fill }),
    ...(shift !== undefined && { shift }),
    ...{ start: area.start, end: area.end, low, high },
  };
}

/** An edit as the engine is asked for it. */
export function renderedEdit(record: EditRecord): StemEdit {
  const { id, kind, sources, target, strength, mask, phase, fill, shift } = record;
  return {
    ...{ id, kind, sources, target, strength, mask },
    ...(phase && { phase }),
    ...(fill && { fill }),
    ...(shift !== undefined && { shift }),
  };
}
