import { formatDuration } from "#components/format.ts";
import { stepWord } from "./step-mark.tsx";
import type { Bar, Timeline } from "./timeline-layout.ts";

const mostRows = 500;

/** The timeline for those who do not see it: each attempt with when it began, how long it waited and worked. */
export function TimelineTable({ layout }: { layout: Timeline }) {
  const rows = layout.rows.slice(0, mostRows);
  return (
    <div className="visually-hidden">
      <table>
        <caption>
          Steps and their attempts
          {rows.length < layout.rows.length && `, the first ${mostRows} of ${layout.rows.length} steps`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Step</th>
            <th scope="col">Attempt</th>
            <th scope="col">Began after</th>
            <th scope="col">Waited</th>
            <th scope="col">Worked</th>
            <th scope="col">Outcome</th>
          </tr>
        </thead>
        <tbody>
          {rows.flatMap(({ step, bars }) =>
            bars.length === 0
              ? [
                  <tr key={step.name}>
                    <th scope="row">{step.name}</th>
                    <td colSpan={5}>{stepWord(step.state)}</td>
                  </tr>,
                ]
              : bars.map((bar) => <AttemptRow key={bar.key} bar={bar} startMs={layout.scale.fromMs} />),
          )}
        </tbody>
      </table>
    </div>
  );
}

function AttemptRow({ bar, startMs }: { bar: Bar; startMs: number }) {
  const waitedMs = bar.queueMs ?? bar.backOffMs;
  return (
    <tr>
      <th scope="row">{bar.compensates ? `${bar.name} (undoes ${bar.compensates})` : bar.name}</th>
      <td>{bar.attempt.attempt}</td>
      <td>{bar.attempt.startedAtMs === null ? "not reported" : formatDuration(bar.startMs - startMs)}</td>
      <td>{waitedMs === null ? "unknown" : formatDuration(waitedMs)}</td>
      <td>{bar.workMs === null ? "unknown" : formatDuration(bar.workMs)}</td>
      <td>{bar.attempt.error ? `${bar.attempt.outcome}: ${bar.attempt.error.code}` : bar.attempt.outcome}</td>
    </tr>
  );
}
