// The few things an append-only log asks of a disk, and a disk in memory.

/** Why a disk did not do what it was asked. */
export type DiskFaultKind = 'full' | 'failed' | 'crashed';

/** Thrown by a disk, as the file system's own errors are; a journal answers with a refusal. */
export class DiskFault extends Error {
  readonly kind: DiskFaultKind;
  constructor(kind: DiskFaultKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

/**
 * Named files. A write is certain to survive a crash once `sync` of its file has returned; before that any part of it may be on the disk or not. A
 * sector of `SECTOR_BYTES` is written whole or not at all.
 */
export interface Disk {
  names(): readonly string[];
  /** Bytes of a file; 0 where there is none. */
  size(name: string): number;
  /** Up to `length` bytes from `at`; fewer where the file ends. */
  read(name: string, at: number, length: number): Uint8Array;
  /** Writes bytes, making the file and what is missing before `at` as zeros. */
  write(name: string, at: number, bytes: Uint8Array): void;
  truncate(name: string, size: number): void;
  sync(name: string): void;
  remove(name: string): void;
}

export const SECTOR_BYTES = 512;
const CHUNK_BYTES = 65_536;

/** A file in memory, in chunks so that growing copies nothing. */
class MemoryFile {
  readonly chunks: Uint8Array[] = [];
  size = 0;
}

/** A disk in memory: everything it was given is there at once, and gone with the process. */
export class MemoryDisk implements Disk {
  readonly #files = new Map<string, MemoryFile>();

  names(): readonly string[] {
    return [...this.#files.keys()].sort();
  }

  size(name: string): number {
    return this.#files.get(name)?.size ?? 0;
  }

  read(name: string, at: number, length: number): Uint8Array {
    const file = this.#files.get(name);
    const out = new Uint8Array(Math.max(0, Math.min(length, (file?.size ?? 0) - at)));
    for (let done = 0; done < out.length; ) {
      const within = (at + done) % CHUNK_BYTES;
      const part = file!.chunks[Math.floor((at + done) / CHUNK_BYTES)]!.subarray(
        within,
        within + out.length - done,
      );
      out.set(part, done);
      done += part.length;
    }
    return out;
  }

  write(name: string, at: number, bytes: Uint8Array): void {
    const file = this.#files.get(name) ?? new MemoryFile();
    this.#files.set(name, file);
    const end = at + bytes.length;
    while (file.chunks.length * CHUNK_BYTES < end) file.chunks.push(new Uint8Array(CHUNK_BYTES));
    for (let done = 0; done < bytes.length; ) {
      const within = (at + done) % CHUNK_BYTES;
      const part = bytes.subarray(done, done + CHUNK_BYTES - within);
      file.chunks[Math.floor((at + done) / CHUNK_BYTES)]!.set(part, within);
      done += part.length;
    }
    file.size = Math.max(file.size, end);
  }

  truncate(name: string, size: number): void {
    const file = this.#files.get(name);
    if (file === undefined || size >= file.size) return;
    file.chunks.length = Math.ceil(size / CHUNK_BYTES);
    // What is cut reads as zeros when the file grows again.
    file.chunks.at(-1)?.fill(0, ((size - 1) % CHUNK_BYTES) + 1);
    file.size = size;
  }

  sync(_name: string): void {}

  remove(name: string): void {
    this.#files.delete(name);
  }
}
