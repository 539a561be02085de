// Whose numbers may have moved: accounts that changed, and those that hold a product whose row did.

/**
 * Writes the accounts below `count` that are `touched` (u8 by account) or hold a row that has `moved` (u8 by row) to `list` (i32), ascending, and gives how many they
 * are; at most `most`, beyond which it counts no further and gives `most + 1`.
 */
export function listMoved(count: i32, span: usize, rows: usize, moved: usize, touched: usize, list: usize, most: i32): i32 {
  let found = 0;
  for (let i = 0; i < count; i++) {
    let isMoved = load<u8>(touched + <usize>i) !== 0;
    if (!isMoved) {
      const last = <usize>load<i32>(span + (<usize>i << 3), 4);
      for (let p = <usize>load<i32>(span + (<usize>i << 3)); p < last; p++) {
        if (load<u8>(moved + <usize>load<i32>(rows + (p << 2))) === 0) continue;
        isMoved = true;
        break;
      }
    }
    if (!isMoved) continue;
    if (found === most) return most + 1;
    store<i32>(list + (<usize>found << 2), i);
    found++;
  }
  return found;
}
