/**
 * Words of the API that the browser needs before any schema: kept apart, since a schema brings its library with it.
 */
export const sagaStates = ["running", "completed", "compensating", "compensated", "failed", "resolved"] as const;
export const verdicts = ["overdue", "inconsistent"] as const;
/** The consistency rules that a saga can break. */
export const breachRules = [
  "two_ends",
  "never_compensated",
  "compensated_without_effect",
  "effect_twice",
  "event_after_end",
  "out_of_order",
  "undone_out_of_order",
  "missing_event",
] as const;
/** Which moment of a saga must lie in the time range when it is not its start. */
export const otherMoments = ["ended"] as const;

/** Filters of a list of sagas whose values are counted when they are asked for. */
export const sagaValueFacets = [
  "version",
  "service",
  "serviceVersion",
  "step",
  "waitsIn",
  "failedStep",
  "residual",
  "label",
] as const;

/** What a list of sagas can be sorted by. */
export const sagaSorts = [
  "started",
  "duration",
  "lastEvent",
  "id",
  "type",
  "version",
  "state",
  "step",
  "attempts",
  "compensations",
  "ended",
  "deadline",
  "error",
  "subject",
  "label",
  "verdict",
] as const;

/** How grave a log line is, from the least on, as OpenTelemetry has it. */
export const severities = ["trace", "debug", "info", "warn", "error", "fatal"] as const;

/** A relative range: `15m`, `6h`, `7d`. */
export const rangePattern = /^[1-9]\d{0,3}[mhd]$/;
export const defaultRange = "1h";
/**
 * Where a dead letter stands: `dead` waits for somebody, `sending` is being replayed, `interrupted` may have been, and
 * `replayed` was and has not died again.
 */
export const deadLetterStates = ["dead", "interrupted", "sending", "replayed"] as const;
/** Those in which a letter waits for somebody. */
export const waitingLetterStates = [
  "dead",
  "interrupted",
] as const satisfies readonly (typeof deadLetterStates)[number][];

/** How two releases are compared where nothing else is asked for: see the parameters of `/releases`. */
export const usualComparison = { alpha: 0.05, margin: 0.01, slowMargin: 0.05, fewest: 100 } as const;
