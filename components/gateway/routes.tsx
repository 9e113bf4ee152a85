"use client";

import { formatDuration, formatShare } from "#components/format.ts";
import { Count } from "#components/mark/count.tsx";
import { StateMark } from "#components/mark/state-mark.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import type { Gateway } from "#contracts/api/gateway.ts";
import { sagaStates } from "#contracts/words.ts";
import styles from "./gateway.module.css";

type Route = Gateway["routes"][number];

const columns: readonly Column[] = [
  { name: "Route" },
  { name: "Requests", number: true },
  { name: "4xx", number: true },
  { name: "5xx", number: true },
  { name: "p50", number: true },
  { name: "p95", number: true },
  { name: "p99", number: true },
  { name: "Sagas, by how they stand" },
];

/** One row a route: its traffic, and how the sagas stand that its requests started or asked about. */
export function Routes({ routes }: { routes: readonly Route[] }) {
  return (
    <Table columns={columns} className={styles.routes}>
      {routes.map((route) => (
        <tr key={`${route.method} ${route.route}`}>
          <td className={table.tight}>
            <code>
              <span className="faint">{route.method}</span> {route.route || "(no route)"}
            </code>
          </td>
          <td className="number">
            <Count count={route.requests} />
          </td>
          <td className="number">
            <Share of={route.requests} count={route.clientErrors} />
          </td>
          <td className={`number ${route.serverErrors > 0 ? styles.failing : ""}`}>
            <Share of={route.requests} count={route.serverErrors} />
          </td>
          <td className={`number ${table.tight}`}>{formatDuration(route.p50Ms)}</td>
          <td className={`number ${table.tight}`}>{formatDuration(route.p95Ms)}</td>
          <td className={`number ${table.tight}`}>{formatDuration(route.p99Ms)}</td>
          <td>
            <SagaEnds sagas={route.sagas} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Share({ of, count }: { of: number; count: number }) {
  if (count === 0) return <span className="faint">0</span>;
  return (
    <span title={`${count.toLocaleString("en-US")} of ${of.toLocaleString("en-US")}`}>{formatShare(count / of)}</span>
  );
}

/** How a route's sagas stand: a bar of their shares, and the counts by state. */
function SagaEnds({ sagas }: { sagas: Route["sagas"] }) {
  const states = sagaStates.filter((state) => (sagas[state] ?? 0) > 0);
  if (states.length === 0) return <span className="faint">none</span>;
  return (
    <span className={styles.ends}>
      <span className={styles.bar} aria-hidden>
        {states.map((state) => (
          <i key={state} style={{ flexGrow: sagas[state] ?? 0, background: `var(--${state})` }} />
        ))}
      </span>
      {states.map((state) => (
        <span key={state} className={styles.end} title={`${state}: ${sagas[state]}`}>
          <StateMark state={state} word={false} /> <Count count={sagas[state] ?? 0} />
        </span>
      ))}
    </span>
  );
}
