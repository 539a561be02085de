// How a shock bends a smile. Deforms are applied to a volatility one after the other, at k = ln(K / smileForward).

/**
 * One bend. Volatilities are decimals.
 * `scale`: vol * factor. `shift`: vol + points. `floor`: at least vol.
 * `skew`: vol * (1 + clip(k * slope, -cap, cap)), of |k| when `form` is absolute (Derive PMRM_2 linear and abs scenarios).
 * `wing`: vol * (1 + size * min(1, max(0, |k| - start) / width)): the wings alone.
 */
export type VolDeform =
  | { readonly kind: 'scale'; readonly factor: number }
  | { readonly kind: 'shift'; readonly points: number }
  | { readonly kind: 'floor'; readonly vol: number }
  | {
      readonly kind: 'skew';
      readonly form: 'linear' | 'absolute';
      readonly slope: number;
      readonly cap: number;
    }
  | { readonly kind: 'wing'; readonly size: number; readonly start: number; readonly width: number };

/** Below a tenth of a vol point nothing trades, and a negative vol has no price. */
export const VOL_MIN = 1e-3;

/**
 * A volatility after every deform, no lower than `least`.
 * @example deformVol(0.6, 0.2, [{ kind: 'scale', factor: 1.5 }]) // 0.9
 */
export function deformVol(
  vol: number,
  k: number,
  deforms: readonly VolDeform[],
  least: number = VOL_MIN,
): number {
  let bent = vol;
  for (const deform of deforms) bent = bend(bent, k, deform);
  return Math.max(bent, least);
}

/** `distance * slope` within `cap` of zero. A cap below zero, as Derive's far expiries have it, is a least distance instead of a largest. */
function clipped(distance: number, slope: number, cap: number): number {
  const skew = distance * slope;
  if (cap >= 0) return Math.min(cap, Math.max(-cap, skew));
  return distance >= 0 ? Math.min(cap, skew) : Math.max(-cap, skew);
}

function bend(vol: number, k: number, deform: VolDeform): number {
  switch (deform.kind) {
    case 'scale':
      return vol * deform.factor;
    case 'shift':
      return vol + deform.points;
    case 'floor':
      return Math.max(vol, deform.vol);
    case 'skew': {
      const distance = deform.form === 'linear' ? k : Math.abs(k);
      return vol * Math.max(0, 1 + clipped(distance, deform.slope, deform.cap));
    }
    case 'wing':
      return vol * (1 + deform.size * Math.min(1, Math.max(0, Math.abs(k) - deform.start) / deform.width));
  }
}
