// What sources said: each is remembered by its newest report, and whatever cannot be believed is dropped by name.

import { type Instant, type Refusal, refuse } from '../../base/index.ts';
import { compareText } from '../../product/index.ts';
import { SOURCES_MAX, type SourceKind, type SourcePolicy, type SourceRoute, WEIGHT_MAX } from './policy.ts';

/** One number from one source. */
export interface SourceReport {
  /** Who says it; one name for each feed. */
  readonly source: string;
  /** Whose market it is made from. Sources of one venue are one voice: they fail together. */
  readonly venue: string;
  readonly kind: SourceKind;
  /** USD per unit; of a volatility a decimal. */
  readonly value: number;
  /** When the source made it. */
  readonly at: Instant;
  /** `exchange` where absent. */
  readonly route?: SourceRoute;
  /** How wrong the source says it may be, in units of the value. */
  readonly halfWidth?: number;
  /** Share of open interest or volume, in any unit that all sources share. */
  readonly weight: number;
}

/** Why a report was not used. */
export type DropCause =
  | 'other-kind'
  | 'malformed'
  | 'out-of-domain'
  | 'from-the-future'
  | 'repeated'
  | 'out-of-order'
  | 'superseded'
  | 'contradiction'
  | 'stale'
  | 'outlier'
  | 'persistent-outlier';

/** A source that does not count in this call, and why. */
export interface Dropped {
  readonly source: string;
  readonly cause: DropCause;
  readonly sentence: string;
}

/** The newest report of a source, and how often it said nothing new. */
export interface SourceMemory {
  readonly source: string;
  readonly venue: string;
  readonly value: number;
  readonly at: Instant;
  readonly route: SourceRoute;
  readonly halfWidth: number;
  readonly weight: number;
  /** Reports with the time of the one before. */
  readonly repeated: number;
  /** Reports older than the one before. */
  readonly outOfOrder: number;
}

/** What came of the reports of one call. */
export interface Heard {
  /** Ascending by source. */
  readonly memory: readonly SourceMemory[];
  readonly dropped: readonly Dropped[];
  /** Sources with a new report. */
  readonly fresh: ReadonlySet<string>;
}

/** The first thing that keeps a report from being taken, or undefined. */
function faultOf(report: SourceReport, at: Instant, policy: SourcePolicy): Dropped | undefined {
  const { source, kind, value, halfWidth = 0, weight, route = 'exchange' } = report;
  const drop = (cause: DropCause, sentence: string): Dropped => ({ source, cause, sentence });
  if (kind !== policy.kind) return drop('other-kind', `It reports ${kind}; this factor is ${policy.kind}.`);
  if (!Number.isFinite(report.at) || policy.ageMax[route] === undefined) {
    return drop(
      'malformed',
      `Its time is ${report.at} and its route ${route}; give milliseconds and a route.`,
    );
  }
  if (!(value >= policy.valueMin && value <= policy.valueMax)) {
    const sentence = `${value} is outside ${policy.valueMin} to ${policy.valueMax}.`;
    return drop('out-of-domain', sentence);
  }
  if (!(halfWidth >= 0 && halfWidth <= policy.valueMax)) {
    return drop('malformed', `Its half-width is ${halfWidth}; give 0 to ${policy.valueMax}.`);
  }
  if (!(weight >= 0 && weight <= WEIGHT_MAX)) {
    return drop('malformed', `Its weight is ${weight}; give 0 to ${WEIGHT_MAX}.`);
  }
  if (report.at - at > policy.aheadMax) {
    return drop('from-the-future', `It is dated ${report.at - at} ms ahead of the call.`);
  }
  return undefined;
}

/** What no order of arrival may decide: newest first, then by content. */
function newestFirst(left: SourceReport, right: SourceReport): number {
  return (
    right.at - left.at ||
    left.value - right.value ||
    compareText(left.venue, right.venue) ||
    (left.halfWidth ?? 0) - (right.halfWidth ?? 0) ||
    left.weight - right.weight
  );
}

function isSame(left: SourceReport, right: SourceReport): boolean {
  return newestFirst(left, right) === 0 && (left.route ?? 'exchange') === (right.route ?? 'exchange');
}

/** One source's reports of a call against what is remembered of it. */
function hearOne(
  reports: readonly SourceReport[],
  before: SourceMemory | undefined,
): { readonly memory?: SourceMemory; readonly isNew: boolean; readonly dropped: readonly Dropped[] } {
  const [first, ...rest] = [...reports].sort(newestFirst);
  const { source } = first!;
  const dropped: Dropped[] = [];
  const drop = (cause: DropCause, sentence: string) => dropped.push({ source, cause, sentence });
  let repeated = before?.repeated ?? 0;
  let outOfOrder = before?.outOfOrder ?? 0;
  let contradicts = false;
  for (const other of rest) {
    if (other.at < first!.at) drop('superseded', `It reported again ${first!.at - other.at} ms later.`);
    else if (isSame(first!, other)) {
      repeated += 1;
      drop('repeated', 'It reported the same twice in one call.');
    } else {
      contradicts = true;
      drop('contradiction', `It reported ${first!.value} and ${other.value} for one time; neither is taken.`);
    }
  }
  const counted = before === undefined ? undefined : { ...before, repeated, outOfOrder };
  const same = (memory = counted) => ({ ...(memory && { memory }), isNew: false, dropped });
  if (contradicts) return same();
  if (before !== undefined && first!.at < before.at) {
    outOfOrder += 1;
    drop('out-of-order', `It is ${before.at - first!.at} ms older than the report before.`);
    return same({ ...before, repeated, outOfOrder });
  }
  if (before !== undefined && first!.at === before.at) {
    repeated += 1;
    drop('repeated', 'It has the time of the report before, which stands.');
    return same({ ...before, repeated, outOfOrder });
  }
  const { venue, value, at, route = 'exchange', halfWidth = 0, weight } = first!;
  const memory = { source, venue, value, at, route, halfWidth, weight, repeated, outOfOrder };
  return { memory, isNew: true, dropped };
}

/**
 * Takes the reports of a call into what is remembered; a source that is silent for longer than a frozen value may live is forgotten. Refused where there would be more than `SOURCES_MAX` sources; everything else
 * that is wrong with a report drops that report alone. The order of reports changes nothing.
 * @example hear([], reports, at, policy).memory.length
 */
export function hear(
  memory: readonly SourceMemory[],
  reports: readonly SourceReport[],
  at: Instant,
  policy: SourcePolicy,
): Heard | Refusal {
  if (reports.length > REPORTS_MAX) {
    const message = `One call holds ${reports.length} reports; give at most ${REPORTS_MAX}.`;
    return refuse('too-large', message, policy.kind);
  }
  const dropped: Dropped[] = [];
  const bySource = new Map<string, SourceReport[]>();
  for (const report of reports) {
    const fault = faultOf(report, at, policy);
    if (fault !== undefined) dropped.push(fault);
    else bySource.set(report.source, [...(bySource.get(report.source) ?? []), report]);
  }
  const keep = Math.max(policy.frozenAgeMax, policy.ageMax.exchange, policy.ageMax.chain);
  const known = new Map(memory.filter((one) => ageOf(one, at) <= keep).map((one) => [one.source, one]));
  const fresh = new Set<string>();
  for (const [source, own] of bySource) {
    const heard = hearOne(own, known.get(source));
    dropped.push(...heard.dropped);
    if (heard.memory !== undefined) known.set(source, heard.memory);
    if (heard.isNew) fresh.add(source);
  }
  if (known.size > SOURCES_MAX) {
    const message = `One factor would have ${known.size} sources; give at most ${SOURCES_MAX}.`;
    return refuse('too-large', message, policy.kind);
  }
  return { memory: [...known.values()].sort(bySourceName), dropped, fresh };
}

/** A source may catch up on a few reports in one call, not on a day of them. */
const REPORTS_MAX = 16 * SOURCES_MAX;

export const bySourceName = (left: { readonly source: string }, right: { readonly source: string }): number =>
  compareText(left.source, right.source);

/** Age of a report in milliseconds; one dated a little ahead has none. @example ageOf({ at: instant(5) }, instant(9)) // 4 */
export function ageOf(report: { readonly at: Instant }, at: Instant): number {
  return Math.max(0, at - report.at);
}
