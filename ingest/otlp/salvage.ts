import type { Fields } from "#contracts/otlp/json.ts";
import { object, objects } from "#contracts/otlp/walk.ts";

/** What is good in a bad record, as records, and what is not. */
export interface Salvaged {
  readonly good: readonly Fields[];
  readonly bad: readonly Bad[];
}

export interface Bad {
  readonly part: Fields;
  readonly error: unknown;
  /** Whether the part could be stored by itself, were it mended. */
  readonly isRecord: boolean;
}

/** Tries a record; throws what is wrong with it. */
type Try = (record: Fields) => void;

/** A metric's points by themselves. All are bad where the metric is. */
export function salvagePoints(metric: Fields, data: string, attempt: Try): Salvaged {
  const points = objects(object(metric, data), "dataPoints");
  return sorted(
    points.map((point) => ({ ...metric, [data]: { ...object(metric, data), dataPoints: [point] } })),
    attempt,
  );
}

/** A span without its bad events; each of those is told with the span that it is of. */
export function salvageEvents(span: Fields, attempt: Try): Salvaged {
  attempt({ ...span, events: [] });
  const { good, bad } = sorted(
    objects(span, "events").map((event) => ({ ...span, events: [event] })),
    attempt,
  );
  const { traceId, spanId } = span;
  return {
    good: [{ ...span, events: good.flatMap((each) => objects(each, "events")) }],
    bad: bad.map(({ part, error }) => ({ part: { traceId, spanId, events: part.events }, error, isRecord: false })),
  };
}

function sorted(parts: readonly Fields[], attempt: Try): Salvaged {
  const good: Fields[] = [];
  const bad: Bad[] = [];
  for (const part of parts) {
    try {
      attempt(part);
      good.push(part);
    } catch (error) {
      bad.push({ part, error, isRecord: true });
    }
  }
  return { good, bad };
}
