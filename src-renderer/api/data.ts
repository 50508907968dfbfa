import { UnbraidError } from '../../src-main/common/base/errors.js';
import {
  tileSize,
  type CoverRequest,
  type PcmRequest,
  type PeaksRequest,
  type TileRequest,
} from '../../src-main/common/contract/session.js';
import { reach, readAnswer } from './transport.js';

async function binary(
  path: string,
  query: object,
  bytes: number,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]));
  const response = await reach(`/${path}?${search}`, { signal });
  if (!response.ok) {
    await readAnswer(response);
    throw new UnbraidError('io-error', `/${path} answered with status ${response.status}`);
  }
  const buffer = await response.arrayBuffer();
  if (buffer.byteLength !== bytes) {
    throw new UnbraidError('io-error', `/${path} answered ${buffer.byteLength} bytes instead of ${bytes}`);
  }
  return buffer;
}

/** A spectrogram tile, uint8 [tileSize bins][tileSize columns]. Throws the engine's error, or `io-error`. */
export async function fetchTile(
  request: TileRequest,
  signal?: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await binary('tile', request, tileSize * tileSize, signal));
}

/** Samples of a track, float32 `[channels][count]` in one array, zeros outside the song. */
export async function fetchPcm(
  request: PcmRequest,
  channels: number,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(await binary('pcm', request, channels * request.count * 4, signal));
}

/** The same of a stem that is neither cleaner nor fuller than it was separated. */
export async function fetchBarePcm(
  request: PcmRequest,
  channels: number,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const bytes = channels * request.count * 4;
  return new Float32Array(await binary('pcm', { ...request, bare: true }, bytes, signal));
}

/** Peaks of the whole song, float32 `[columns][2]`: minimum and maximum over all channels. */
export async function fetchPeaks(
  request: PeaksRequest,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  return new Float32Array(await binary('peaks', request, request.columns * 8, signal));
}

/** The same of each channel, `[channels][columns][2]`. */
export async function fetchChannelPeaks(
  request: PeaksRequest,
  channels: number,
  signal?: AbortSignal,
): Promise<Float32Array<ArrayBuffer>> {
  const bytes = channels * request.columns * 8;
  return new Float32Array(await binary('peaks', { ...request, split: true }, bytes, signal));
}

/** Sends a file to the engine, and returns its handle. */
export async function uploadFile(file: File, signal?: AbortSignal): Promise<string> {
  const response = await reach(`/upload?name=${encodeURIComponent(file.name)}`, {
    ...(signal && { signal }),
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: file,
  });
  const answer = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { upload?: unknown };
  if (typeof answer.upload === 'string') return answer.upload;
  return ((await readAnswer(response)) as { upload: string }).upload;
}

/** Sends a mask (see common/separation/edits/tile-mask.ts) to the engine; its hash. */
export async function sendMask(session: string, mask: Uint8Array<ArrayBuffer>): Promise<string> {
  const response = await reach(`/mask?session=${session}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: mask,
  });
  if (!response.ok) await readAnswer(response);
  return ((await response.json()) as { mask: string }).mask;
}

/** The bytes of a mask the engine has. */
export async function fetchMask(session: string, mask: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await reach(`/mask?session=${session}&mask=${mask}`);
  if (!response.ok) await readAnswer(response);
  return new Uint8Array(await response.arrayBuffer());
}

export const downloadAddress = (handle: string): string => `/download/${encodeURIComponent(handle)}`;

/** Where a cover picture is. */
export const coverAddress = (request: CoverRequest): string =>
  `/cover?${new URLSearchParams(Object.entries(request))}`;
