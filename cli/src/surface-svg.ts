// The picture of `plimsoll surface`.

import type { SurfaceView } from './surface.ts';

/** The picture as SVG text. */
export function surfaceSvg(_view: SurfaceView): string {
  return '<svg xmlns="http://www.w3.org/2000/svg"/>\n';
}
