"use client";

import Link from "next/link";
import { Count } from "#components/mark/count.tsx";
import { StateGlyph } from "#components/mark/state-glyph.tsx";
import { Age, Time } from "#components/mark/time.tsx";
import { Empty } from "#components/panel.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { AlertRule } from "#contracts/api/alerts.ts";
import { ActionButton, ConfirmButton } from "./action-button.tsx";
import type { AlertActions } from "./actions.ts";
import styles from "./alerts.module.css";
import { countedPatch, ruleSentence } from "./rule-sentence.ts";

const columns: readonly Column[] = [
  { name: "State" },
  { name: "Rule" },
  { name: "Fires when" },
  { name: "Counted", number: true },
  { name: "Severity" },
  { name: "Checked" },
  { name: "Webhook" },
  { name: "Actions", hidden: true },
];

/** The rules, those that fire first: what each waits for, what it counted, and what can be done with it. */
export function RuleTable({
  rules,
  actions,
  onEdit,
}: {
  rules: readonly AlertRule[];
  actions: AlertActions;
  onEdit: (id: string) => void;
}) {
  if (rules.length === 0) {
    return (
      <Empty>No rule yet. A rule counts sagas that failed, were compensated or are overdue, and calls a webhook.</Empty>
    );
  }
  const ordered = [...rules].sort((a, b) => Number(isFiring(b)) - Number(isFiring(a)) || a.name.localeCompare(b.name));
  return (
    <Table columns={columns} className={`${styles.rules} ${table.stack}`}>
      {ordered.map((rule) => (
        <tr key={rule.id} data-off={!rule.enabled} className={styles.rule}>
          <td className={table.tight}>
            <RuleState rule={rule} />
          </td>
          <td className={styles.name}>{rule.name}</td>
          <td className={table.line}>
            {ruleSentence(rule)}
            {rule.problem !== null && <p className={styles.wrong}>{rule.problem}</p>}
          </td>
          <td className={`number ${table.tight}`}>
            <span className={table.said}>counted </span>
            <Counted rule={rule} />
          </td>
          <td>{rule.severity}</td>
          <td className={table.tight}>
            <span className={table.said}>checked </span>
            {rule.lastCheckedAt === null ? "never" : <Age at={rule.lastCheckedAt} />}
          </td>
          <td className={styles.url} title={rule.webhookUrl}>
            {hostOf(rule.webhookUrl)}
          </td>
          <td>
            <span className={styles.actions}>
              <Switch rule={rule} actions={actions} />
              <button type="button" className={styles.action} onClick={() => onEdit(rule.id)}>
                Edit
              </button>
              <ActionButton label="Send test" done="Sent" act={() => actions.sendTest(rule.id)} />
              <ConfirmButton label="Delete" question="Delete this rule?" act={() => actions.remove(rule.id)} />
            </span>
          </td>
        </tr>
      ))}
    </Table>
  );
}

function Counted({ rule }: { rule: AlertRule }) {
  const url = useUrl();
  if (rule.lastCount === null) return "–";
  return (
    <Link prefetch={false} className={table.above} href={url.to("/sagas", countedPatch(rule))} title="open these sagas">
      <Count count={rule.lastCount} />
    </Link>
  );
}

const isFiring = ({ state, enabled }: AlertRule) => state === "firing" && enabled;

function RuleState({ rule }: { rule: AlertRule }) {
  if (!rule.enabled) return <span className="faint">off</span>;
  if (rule.problem !== null) return <span className={styles.wrong}>cannot check</span>;
  if (rule.state === "ok")
    return (
      <span className={styles.ok}>
        <StateGlyph state="resolved" /> ok
      </span>
    );
  return (
    <span className={styles.firing}>
      <StateGlyph state="failed" /> firing
      {rule.firingSince !== null && (
        <span className={styles.since}>
          {" "}
          since <Time at={rule.firingSince} age={false} precise={false} />
        </span>
      )}
    </span>
  );
}

function Switch({ rule, actions }: { rule: AlertRule; actions: AlertActions }) {
  const { name, condition, sagaType, threshold, windowSeconds, severity, webhookUrl, enabled } = rule;
  const input = { name, condition, sagaType, threshold, windowSeconds, severity, webhookUrl, enabled: !enabled };
  return (
    <ActionButton
      label={enabled ? "Turn off" : "Turn on"}
      done={enabled ? "Turn off" : "Turn on"}
      act={() => actions.change(rule.id, input)}
    />
  );
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}
