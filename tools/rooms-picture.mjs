// Draws the rooms of core from the table in rooms.mjs, without the arrows that longer paths already say.
//   node tools/rooms-picture.mjs         prints the picture; ARCHITECTURE.md holds it and a test compares
import { fileURLToPath } from 'node:url';
import { coreRooms } from '../rooms.mjs';

/** Whether `from` reaches `to` by a path of two arrows or more. */
function reaches(from, to) {
  const queue = coreRooms[from].filter((room) => room !== to);
  const seen = new Set(queue);
  for (const room of queue) {
    for (const next of coreRooms[room]) {
      if (next === to) return true;
      if (!seen.has(next)) {
        seen.add(next);
        queue.push(next);
      }
    }
  }
  return false;
}

/** The picture as a Mermaid flow chart; an arrow means "imports". */
export function roomsPicture() {
  const arrows = Object.entries(coreRooms).flatMap(([from, targets]) =>
    targets.filter((to) => !reaches(from, to)).map((to) => `  ${from} --> ${to}`),
  );
  return ['```mermaid', 'flowchart TD', ...arrows, '```'].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${roomsPicture()}\n`);
