// A disk that fails like disks do, from a seed: the power goes in the middle of a write, sectors reach the disk in any order or not at all, it is
// full, a sync fails. Flipped bits stand apart: they are damage, not a crash.

import { type Prng, seededPrng } from '@plimsoll/core';
import { type Disk, DiskFault, MemoryDisk, SECTOR_BYTES } from './disk.ts';

/** A file as programs see it, as the disk has it, and what each sector and the size have been since the last sync. */
interface FaultyFile {
  bytes: Uint8Array;
  size: number;
  durable: Uint8Array;
  durableSize: number;
  /** False until the first sync: a crash may leave no such file. */
  created: boolean;
  readonly sectors: Map<number, Uint8Array[]>;
  sizes: number[];
}

const emptyFile = (): FaultyFile => ({
  bytes: new Uint8Array(SECTOR_BYTES),
  size: 0,
  durable: new Uint8Array(SECTOR_BYTES),
  durableSize: 0,
  created: false,
  sectors: new Map(),
  sizes: [],
});

/**
 * A disk in memory with faults, each at a place that is named beforehand, all else from the seed. A step is a sector written, a sync, a truncation or a removal.
 * What was synced survives a crash. Of the rest, each sector is left as it was at the last sync or after any write since, each on its own; so writes are torn, dropped and
 * reordered. The model is that of a page cache over a disk with whole sectors (Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014); a sync that fails
 * leaves its data in the cache, where it is read, and is not tried again (Rebello et al., "Can Applications Recover from fsync Failures?", ATC 2020).
 * @example const disk = new FaultyDisk(7).failAfter(20); openLog(disk); ... openLog(disk.crash())
 */
export class FaultyDisk implements Disk {
  readonly #prng: Prng;
  readonly #files = new Map<string, FaultyFile>();
  /** Removed since the last sync of anything: a crash may bring them back. */
  #removed = new Map<string, FaultyFile>();
  #stepsLeft = Number.POSITIVE_INFINITY;
  #syncsLeft = Number.POSITIVE_INFINITY;
  #capacity = Number.POSITIVE_INFINITY;
  #steps = 0;
  #crashed = false;

  /** Begins with what `from` holds, all of it durable. */
  constructor(seed: number, from: Disk = new MemoryDisk()) {
    this.#prng = seededPrng(seed);
    for (const name of from.names()) {
      const size = from.size(name);
      const file = emptyFile();
      reserve(file, size);
      file.bytes.set(from.read(name, 0, size));
      file.durable = file.bytes.slice();
      file.size = file.durableSize = size;
      file.created = true;
      this.#files.set(name, file);
    }
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#steps;
  }

  get crashed(): boolean {
    return this.#crashed;
  }

  /** The power goes when so many more steps were taken. */
  failAfter(steps: number): this {
    this.#stepsLeft = steps;
    return this;
  }

  /** So many more syncs succeed; the one after them fails, once. */
  failSync(syncs: number): this {
    this.#syncsLeft = syncs;
    return this;
  }

  /** All files together take no more bytes than these. */
  limit(bytes: number): this {
    this.#capacity = bytes;
    return this;
  }

  /** Ends this disk and answers what survives, as a disk that does not fail. */
  crash(): MemoryDisk {
    this.#crashed = true;
    // A crash just before or just after everything reached the disk is as likely as one in between.
    const draw = this.#prng.next();
    const fate = draw < 0.15 ? 'none' : draw < 0.3 ? 'all' : 'some';
    const out = new MemoryDisk();
    const back = [...this.#removed].filter(([name]) => !this.#files.has(name) && this.#prng.next() < 0.5);
    for (const [name, file] of [...this.#files, ...back].sort(([a], [b]) => (a < b ? -1 : 1))) {
      if (!file.created && (fate === 'none' || (fate === 'some' && this.#prng.next() < 0.3))) continue;
      this.#settle(file, fate);
      out.write(name, 0, file.durable.subarray(0, file.durableSize));
    }
    return out;
  }

  names(): readonly string[] {
    this.#alive();
    return [...this.#files.keys()].sort();
  }

  size(name: string): number {
    this.#alive();
    return this.#files.get(name)?.size ?? 0;
  }

  read(name: string, at: number, length: number): Uint8Array {
    this.#alive();
    const file = this.#files.get(name);
    return file === undefined ? new Uint8Array(0) : file.bytes.slice(at, Math.min(at + length, file.size));
  }

  write(name: string, at: number, bytes: Uint8Array): void {
    this.#alive();
    const file = this.#files.get(name) ?? emptyFile();
    this.#files.set(name, file);
    reserve(file, at + bytes.length);
    for (let done = 0; done < bytes.length; ) {
      const end = Math.min(bytes.length, done + SECTOR_BYTES - ((at + done) % SECTOR_BYTES));
      const grows = Math.max(0, at + end - file.size);
      if (this.#used() + grows > this.#capacity) throw new DiskFault('full', 'the disk is full');
      this.#step();
      file.bytes.set(bytes.subarray(done, end), at + done);
      this.#resize(file, Math.max(file.size, at + end));
      this.#note(file, Math.floor((at + done) / SECTOR_BYTES));
      done = end;
    }
  }

  truncate(name: string, size: number): void {
    this.#step();
    const file = this.#files.get(name);
    if (file === undefined || size >= file.size) return;
    const last = Math.floor((file.size - 1) / SECTOR_BYTES);
    file.bytes.fill(0, size, file.size);
    for (let sector = Math.floor(size / SECTOR_BYTES); sector <= last; sector++) this.#note(file, sector);
    this.#resize(file, size);
  }

  sync(name: string): void {
    this.#step();
    const file = this.#files.get(name);
    if (file === undefined) return;
    if (this.#syncsLeft-- === 0) {
      // What the cache holds counts as written from now on, whatever of it the disk has.
      this.#settle(file, 'some');
      throw new DiskFault('failed', 'the sync failed');
    }
    this.#settle(file, 'all');
    this.#removed = new Map();
  }

  remove(name: string): void {
    this.#step();
    const file = this.#files.get(name);
    if (file !== undefined) this.#removed.set(name, file);
    this.#files.delete(name);
  }

  #alive(): void {
    if (this.#crashed) throw new DiskFault('crashed', 'the power is off');
  }

  #step(): void {
    this.#alive();
    this.#steps++;
    if (this.#stepsLeft-- > 0) return;
    this.#crashed = true;
    this.#alive();
  }

  #used(): number {
    let sum = 0;
    for (const { size } of this.#files.values()) sum += size;
    return sum;
  }

  #note(file: FaultyFile, sector: number): void {
    const at = sector * SECTOR_BYTES;
    const versions = file.sectors.get(sector) ?? [];
    versions.push(file.bytes.slice(at, at + SECTOR_BYTES));
    file.sectors.set(sector, versions);
  }

  #resize(file: FaultyFile, size: number): void {
    file.size = size;
    file.sizes.push(size);
  }

  /** Decides what the disk has of all that was written since the last sync. */
  #settle(file: FaultyFile, fate: 'none' | 'all' | 'some'): void {
    const pick = <T>(was: T, since: readonly T[]): T => {
      if (fate !== 'some') return fate === 'none' ? was : (since.at(-1) ?? was);
      const at = Math.floor(this.#prng.next() * (since.length + 1));
      return at === 0 ? was : since[at - 1]!;
    };
    const durable = new Uint8Array(file.bytes.length);
    durable.set(file.durable.subarray(0, file.durableSize));
    for (const [sector, versions] of file.sectors) {
      const at = sector * SECTOR_BYTES;
      durable.set(pick(durable.slice(at, at + SECTOR_BYTES), versions), at);
    }
    file.durableSize = pick(file.durableSize, file.sizes);
    durable.fill(0, file.durableSize);
    file.durable = durable;
    file.created = true;
    file.sectors.clear();
    file.sizes = [];
  }
}

/** Room for so many bytes, in whole sectors. */
function reserve(file: FaultyFile, bytes: number): void {
  if (file.bytes.length >= bytes) return;
  const grown = new Uint8Array(Math.ceil((2 * bytes) / SECTOR_BYTES) * SECTOR_BYTES);
  grown.set(file.bytes);
  file.bytes = grown;
}

/** A bit that was flipped. */
export interface Flip {
  readonly name: string;
  readonly at: number;
  readonly bit: number;
}

/**
 * Flips bits of a file, as rot or a stray hand does: corruption, which a journal must refuse and never repair. Answers which.
 * @example flipBits(disk, 7, 'log', 1) // [{ name: 'log', at: 4711, bit: 3 }]
 */
export function flipBits(disk: Disk, seed: number, name: string, count: number): Flip[] {
  const prng = seededPrng(seed);
  const size = disk.size(name);
  return Array.from({ length: size === 0 ? 0 : count }, () => {
    const at = Math.floor(prng.next() * size);
    const bit = Math.floor(prng.next() * 8);
    const byte = disk.read(name, at, 1);
    byte[0]! ^= 1 << bit;
    disk.write(name, at, byte);
    return { name, at, bit };
  });
}
