// Files from a user's disk: sized before they are read, unpacked under a cap, decoded strictly. After this there is only text.

import type { Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { isRefusal, type Refusal, refuse } from '@plimsoll/core';

const MEBIBYTE = 1_048_576;
/** Bytes of a file as it lies on disk, packed or not. */
export const FILE_BYTES_MAX = 256 * MEBIBYTE;
/** Bytes after unpacking; a V8 string holds twice this, and the wire takes no more. */
export const TEXT_BYTES_MAX = 256 * MEBIBYTE;

const unpack = promisify(gunzip);

/**
 * The text of a UTF-8 file, unpacked when its first bytes are those of gzip, whatever its name.
 * Refuses, naming the file: missing or unreadable ones, folders, more than 256 MiB on disk (before reading) or unpacked, a gzip that ends early
 * (`truncated`) or is damaged, and bytes that are not UTF-8. A pipe is read up to the same cap.
 * @example await readText('chain.csv.gz') // 'snapshot_ts,currency,...' or a refusal
 */
export async function readText(path: string): Promise<string | Refusal> {
  const plain = await readBinary(path);
  return isRefusal(plain) ? plain : decode(plain, path);
}

/** The bytes of a file, unpacked when they are gzip; refusals as those of `readText`. @example await readBinary('risk.bin') */
export async function readBinary(path: string): Promise<Uint8Array | Refusal> {
  const bytes = await readBytes(path);
  if (isRefusal(bytes)) return bytes;
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? await unpacked(bytes, path) : bytes;
}

async function readBytes(path: string): Promise<Uint8Array | Refusal> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    return refuseKind(stats, path) ?? (await readCapped(handle, stats.size, path));
  } catch (error) {
    return refuseAccess(error, path);
  } finally {
    await handle?.close();
  }
}

function refuseKind(stats: Stats, path: string): Refusal | undefined {
  if (stats.isDirectory()) return refuse('malformed', 'This is a folder; name a file inside it.', path);
  if (!stats.isFile() && !stats.isFIFO())
    return refuse('malformed', 'This is a device, not a file; name a file.', path);
  return stats.size > FILE_BYTES_MAX ? tooLarge(`has ${mebibytes(stats.size)}`, path) : undefined;
}

/** Reads to the end or to the cap: a file may grow after it was sized, and a pipe has no size at all. */
async function readCapped(handle: FileHandle, size: number, path: string): Promise<Uint8Array | Refusal> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  while (true) {
    const chunk = new Uint8Array(Math.max(65_536, size + 1 - total));
    const { bytesRead } = await handle.read(chunk, 0, chunk.length);
    if (bytesRead === 0) return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    total += bytesRead;
    if (total > FILE_BYTES_MAX) return tooLarge(`has more than ${mebibytes(FILE_BYTES_MAX)}`, path);
    chunks.push(chunk.subarray(0, bytesRead));
  }
}

async function unpacked(bytes: Uint8Array, path: string): Promise<Uint8Array | Refusal> {
  try {
    return await unpack(bytes, { maxOutputLength: TEXT_BYTES_MAX });
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ERR_BUFFER_TOO_LARGE')
      return tooLarge(`unpacks to more than ${mebibytes(TEXT_BYTES_MAX)}`, path);
    if (code === 'Z_BUF_ERROR')
      return refuse('truncated', 'The gzip ends early; fetch the file again.', path);
    return refuse('malformed', 'The gzip is damaged; fetch the file again.', path);
  }
}

function decode(bytes: Uint8Array, path: string): string | Refusal {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse(
      'malformed',
      'The file is not UTF-8 text; save it as UTF-8, or unpack it if it is an archive.',
      path,
    );
  }
}

function refuseAccess(error: unknown, path: string): Refusal {
  const code = codeOf(error);
  if (code === 'ENOENT') return refuse('malformed', 'There is no such file; check the path.', path);
  if (code === 'EACCES' || code === 'EPERM')
    return refuse('malformed', 'The file may not be read; check its permissions.', path);
  return refuse('malformed', `The file cannot be read (${code}); check the path.`, path);
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'unknown';
}

function tooLarge(said: string, path: string): Refusal {
  return refuse(
    'too-large',
    `The file ${said}, more than the limit of ${mebibytes(FILE_BYTES_MAX)}; cut it into smaller files.`,
    path,
  );
}

function mebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MEBIBYTE)} MiB`;
}
