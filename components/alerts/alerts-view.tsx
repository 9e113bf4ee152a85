"use client";

import dynamic from "next/dynamic";
import { type AnswerState, Page } from "#components/page.tsx";
import { Panel } from "#components/panel.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Alerts } from "#contracts/api/alerts.ts";
import type { AlertActions } from "./actions.ts";
import { Deliveries } from "./deliveries.tsx";
import { RuleTable } from "./rule-table.tsx";
import { Secret } from "./secret.tsx";

// With its checks it is needed by few visits.
const RuleEditor = dynamic(async () => (await import("./rule-editor.tsx")).RuleEditor, { ssr: false });

/** The rules, what each of them waits for and has found, and every call that they led to. */
export function AlertsView({
  alerts,
  types,
  actions,
  answer,
}: {
  alerts: Alerts | undefined;
  /** Saga types to choose from. */
  types: readonly string[];
  actions: AlertActions;
  answer: AnswerState;
}) {
  const url = useUrl();
  const edited = url.params.get("edit");
  const edit = (id: string | null) => url.set({ edit: id }, "replace");
  return (
    <Page
      title="Alerts"
      answer={answer}
      aside={
        <button type="button" className="button" onClick={() => edit("new")}>
          New rule
        </button>
      }
    >
      <Panel title="Rules" height="160px">
        {alerts && <RuleTable rules={alerts.rules} actions={actions} onEdit={edit} />}
      </Panel>
      <Panel title="Deliveries" height="320px">
        {alerts && <Deliveries deliveries={alerts.deliveries} actions={actions} />}
      </Panel>
      <Panel title="Signing secret">
        <Secret fetchSecret={actions.secret} rotate={actions.rotateSecret} />
      </Panel>
      {edited !== null && alerts && (
        <RuleEditor id={edited} rules={alerts.rules} types={types} actions={actions} onClose={() => edit(null)} />
      )}
    </Page>
  );
}
