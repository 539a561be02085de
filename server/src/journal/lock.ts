// One live writer on a machine. The lock is that of the operating system on a file of its own, held through SQLite, so it goes with the process
// that holds it, however that ends. It only prevents accidents: what makes a second writer harmless is the fence.

import Database from 'libsql';

/** A lock that may be held. */
export interface WriterLock {
  /** Tries again where another held it. */
  retry(): boolean;
  release(): void;
}

/** Takes the lock beside a journal's file, without waiting; `retry` answers whether it is held. */
export function writerLock(path: string): WriterLock {
  const file = new Database(`${path}-lock`, { timeout: 0 });
  let held = false;
  return {
    retry() {
      if (held) return true;
      try {
        file.exec('BEGIN EXCLUSIVE');
        held = true;
      } catch {
        held = false;
      }
      return held;
    },
    release() {
      // Closing alone would leave it to the garbage collector when the lock is let go.
      if (held) file.exec('ROLLBACK');
      held = false;
      file.close();
    },
  };
}
