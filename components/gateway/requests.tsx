"use client";

import Link from "next/link";
import { cutId, formatDuration } from "#components/format.ts";
import { Id } from "#components/mark/id.tsx";
import { Age, Time } from "#components/mark/time.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Gateway } from "#contracts/api/gateway.ts";
import styles from "./gateway.module.css";
import { Status } from "./status-class.tsx";

const columns: readonly Column[] = [
  { name: "Time" },
  { name: "Status", number: true },
  { name: "Request" },
  { name: "Outcome" },
  { name: "Took", number: true },
  { name: "Saga" },
  { name: "Trace" },
];

/** The newest requests, each with its trace and the saga that it started. */
export function Requests({ requests }: { requests: Gateway["requests"] }) {
  const url = useUrl();
  return (
    <Table columns={columns} className={`${styles.requests} ${table.stack}`}>
      {requests.map((request) => (
        <tr key={`${request.traceId} ${request.at}`}>
          <td className={table.tight}>
            <Time at={request.at} age={false} />
            <span className={`faint ${table.wide}`}>
              {" "}
              · <Age at={request.at} />
            </span>
          </td>
          <td className="number">
            <Status status={request.status} />
          </td>
          <td className={`${table.tight} ${table.line}`} title={request.route}>
            <code>
              <span className="faint">{request.method}</span> {request.target || request.route}
            </code>
          </td>
          <td className={table.tight}>{request.outcome}</td>
          <td className={`number ${table.tight}`}>{formatDuration(request.durationMs)}</td>
          <td className={table.tight}>
            {request.sagaId === null ? (
              <span className="faint">none</span>
            ) : (
              <Link
                prefetch={false}
                className={`mono ${table.above}`}
                title={request.sagaId}
                href={url.to(`/sagas/${encodeURIComponent(request.sagaId)}`)}
              >
                {cutId(request.sagaId)}
              </Link>
            )}
          </td>
          <td className={table.tight}>
            <TraceOf traceId={request.traceId} sagaId={request.sagaId} />
          </td>
        </tr>
      ))}
    </Table>
  );
}

/** A trace opens on its saga's page; one of no saga gives its id. */
function TraceOf({ traceId, sagaId }: { traceId: string; sagaId: string | null }) {
  const url = useUrl();
  if (sagaId === null) return <Id id={traceId} />;
  return (
    <Link
      prefetch={false}
      className={`mono ${table.above}`}
      title={traceId}
      href={url.to(`/sagas/${encodeURIComponent(sagaId)}`, { tab: "trace" })}
    >
      {cutId(traceId, { head: 8, tail: 4 })}
    </Link>
  );
}
