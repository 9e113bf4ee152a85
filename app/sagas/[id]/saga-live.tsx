"use client";

import Link from "next/link";
import { useLive } from "#app/client/use-live.ts";
import { Page } from "#components/page.tsx";
import { SagaView } from "#components/saga/saga-view.tsx";
import { useReportFreshness } from "#components/shell/freshness.tsx";
import { SearchKeys } from "#components/shell/search-keys.tsx";
import { addressOf } from "#contracts/api/address.ts";
import type { SagaDetail, SagaLogs, SagaTraces } from "#contracts/api/saga.ts";

interface Props {
  id: string;
  /** What the server had for the first paint, or why it had nothing. */
  saga: SagaDetail | undefined;
  problem: string | undefined;
  traces: SagaTraces | undefined;
  logs: SagaLogs | undefined;
}

/** The saga's page, live from the first paint on; where nothing is stored yet, it says so and keeps listening. */
export function SagaLive({ saga: first, problem, ...rest }: Props) {
  const saga = useLive(addressOf("/sagas/{id}", { id: rest.id }), first);
  useReportFreshness(saga.data?.freshness);
  if (saga.data) return <StoredSaga {...rest} saga={saga.data} problem={saga.problem} />;
  return (
    <Page title="No saga to show" answer={{ waiting: false, problem: saga.problem ?? problem }}>
      <div>
        <p>
          <span className="mono">{rest.id}</span> appears here by itself with its first event.
        </p>
        <p>
          Search for another with <SearchKeys />, or look through <Link href="/sagas">all sagas</Link>.
        </p>
      </div>
    </Page>
  );
}

function StoredSaga({ id, saga, problem, traces: firstTraces, logs: firstLogs }: Props & { saga: SagaDetail }) {
  const traces = useLive(addressOf("/sagas/{id}/traces", { id }), firstTraces);
  const logs = useLive(addressOf("/sagas/{id}/logs", { id }), firstLogs);
  return <SagaView saga={saga} problem={problem} traces={traces} logs={logs} />;
}
