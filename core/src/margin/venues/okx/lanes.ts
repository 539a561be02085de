// OKX's scenarios as lanes (M-110): MR1 spot by vol, MR2 a day's decay, MR6 the extreme move. Every coin has moves of its own in each lane.

import type { Lane, LaneMove, VolScaling } from '../../../scenario/index.ts';
import { type OkxCoin, type OkxParameters, okxCoin } from './parameters.ts';

/** Which term a lane belongs to, by the head of its name. */
export type OkxLaneTerm = 'mr1' | 'mr2' | 'mr6';

/** The term a lane belongs to. @example laneTerm('mr1/spot+3/vol-up') // 'mr1' */
export function laneTerm(id: string): OkxLaneTerm {
  return id.startsWith('mr1') ? 'mr1' : id.startsWith('mr2') ? 'mr2' : 'mr6';
}

interface VolState {
  readonly id: string;
  readonly moves: readonly LaneMove[];
}

/** Up before same before down: a position without options is worst in the first of equals, as the venue prints it. */
function volStates({ vols }: OkxParameters): readonly VolState[] {
  const state = (id: string, form: 'points' | 'relative', size: 1 | -1): VolState => {
    const scaling: VolScaling = { nodes: vols[form].map(({ days, move }) => ({ days, factor: move })) };
    return { id, moves: [{ kind: 'vol', form, size, scaling }] };
  };
  return [
    state('vol-up', 'points', 1),
    state('vol-up/relative', 'relative', 1),
    { id: 'vol-same', moves: [] },
    state('vol-down', 'points', -1),
    state('vol-down/relative', 'relative', -1),
  ];
}

/**
 * The lanes of a book with these coins. Spot moves multiply the index and keep the basis; a rung is the same step of every coin's own ladder.
 * @example okxLanes(okxHistory[2].parameters, ['BTC']).length // 38: 7 moves by 5 vols, 1, 2
 */
export function okxLanes(parameters: OkxParameters, coins: readonly string[]): readonly Lane[] {
  const rest = { smile: 'sticky-strike', damp: 1, netting: 'sum', line: 'maintenance' } as const;
  const spot = (moveOf: (coin: OkxCoin) => number): readonly LaneMove[] =>
    coins.flatMap((underlying): LaneMove[] => {
      const relative = moveOf(okxCoin(parameters, underlying));
      return relative === 0 ? [] : [{ kind: 'spot', relative, keeps: 'basis', underlying }];
    });
  const rungs = parameters.otherCoin.moves.flatMap((_, i) => [i + 1, -(i + 1)]);
  const grid = [0, ...rungs].flatMap((rung): Lane[] => {
    const moves = spot(({ moves: ladder }) =>
      rung === 0 ? 0 : Math.sign(rung) * ladder[Math.abs(rung) - 1]!,
    );
    const sign = rung > 0 ? '+' : '';
    return volStates(parameters).map((vol) => {
      return { id: `mr1/spot${sign}${rung}/${vol.id}`, moves: [...moves, ...vol.moves], ...rest };
    });
  });
  const decay: Lane = { id: 'mr2/decay', moves: [{ kind: 'time', days: parameters.thetaDays }], ...rest };
  const extremes = ([1, -1] as const).map((sign): Lane => {
    const id = `mr6/spot${sign > 0 ? '+' : '-'}`;
    return { id, moves: spot(({ extreme }) => sign * extreme), ...rest, damp: parameters.extremeShare };
  });
  return [...grid, decay, ...extremes];
}
