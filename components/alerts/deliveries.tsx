"use client";

import { Fragment } from "react";
import { formatDuration } from "#components/format.ts";
import { Icon } from "#components/icon.tsx";
import { StateGlyph } from "#components/mark/state-glyph.tsx";
import { Age, Time } from "#components/mark/time.tsx";
import { Empty } from "#components/panel.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { Delivery } from "#contracts/api/alerts.ts";
import { ActionButton } from "./action-button.tsx";
import type { AlertActions } from "./actions.ts";
import styles from "./alerts.module.css";

const events = {
  "alert.firing": "firing",
  "alert.resolved": "resolved",
  "alert.test": "test",
} as const satisfies Record<Delivery["event"], string>;

const columns: readonly Column[] = [
  { name: "Attempts", hidden: true },
  { name: "State" },
  { name: "Rule" },
  { name: "Event" },
  { name: "Created" },
  { name: "Tries", number: true },
  { name: "Last answer" },
  { name: "Next attempt" },
  { name: "To" },
  { name: "Actions", hidden: true },
];

/** Every call of a webhook, newest first, and under an opened one each of its attempts. */
export function Deliveries({ deliveries, actions }: { deliveries: readonly Delivery[]; actions: AlertActions }) {
  const url = useUrl();
  const opened = url.params.get("delivery");
  if (deliveries.length === 0) {
    return (
      <Empty>
        Nothing was sent yet. When a rule begins or ceases to fire, its webhook is called and the call is listed here.
      </Empty>
    );
  }
  return (
    <Table columns={columns} className={`${styles.deliveries} ${table.stack}`}>
      {deliveries.map((delivery) => (
        <Fragment key={delivery.id}>
          <DeliveryRow
            delivery={delivery}
            open={delivery.id === opened}
            onToggle={() => url.set({ delivery: delivery.id === opened ? null : delivery.id }, "replace")}
            replay={() => actions.replay(delivery.id)}
          />
          {delivery.id === opened && (
            <tr className={styles.attemptRow}>
              <td />
              <td colSpan={9}>
                <Attempts delivery={delivery} />
              </td>
            </tr>
          )}
        </Fragment>
      ))}
    </Table>
  );
}

function DeliveryRow({
  delivery,
  open,
  onToggle,
  replay,
}: {
  delivery: Delivery;
  open: boolean;
  onToggle: () => void;
  replay: () => Promise<void>;
}) {
  const last = delivery.attempts.at(-1);
  return (
    <tr>
      <td>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={open}
          aria-label={`Attempts of this delivery of ${delivery.ruleName}`}
          onClick={onToggle}
        >
          <Icon name={open ? "down" : "right"} />
        </button>
      </td>
      <td className={table.tight}>
        <DeliveryState state={delivery.state} />
      </td>
      <td className={styles.name}>{delivery.ruleName}</td>
      <td>{events[delivery.event]}</td>
      <td className={table.tight}>
        <Time at={delivery.createdAt} precise={false} />
      </td>
      <td className="number">
        {delivery.attempts.length}
        <span className={table.said}> {delivery.attempts.length === 1 ? "try" : "tries"}</span>
      </td>
      <td className={styles.answer}>{last ? answerOf(last) : <span className="faint">none yet</span>}</td>
      <td className={table.tight}>
        {delivery.nextAttemptAt === null ? (
          <span className={`faint ${table.wide}`}>–</span>
        ) : (
          <>
            <span className={table.said}>next </span>
            <Age at={delivery.nextAttemptAt} />
          </>
        )}
      </td>
      <td className={`${styles.url} ${table.line}`} title={delivery.url}>
        {delivery.url}
      </td>
      <td>
        <span className={styles.actions}>
          <ActionButton label="Send again" done="Sent" act={replay} />
        </span>
      </td>
    </tr>
  );
}

function DeliveryState({ state }: { state: Delivery["state"] }) {
  if (state === "failed")
    return (
      <span className={styles.firing}>
        <StateGlyph state="failed" /> failed
      </span>
    );
  if (state === "pending")
    return (
      <span className={styles.ok}>
        <StateGlyph state="running" /> pending
      </span>
    );
  return (
    <span className={styles.ok}>
      <StateGlyph state="resolved" /> delivered
    </span>
  );
}

function Attempts({ delivery }: { delivery: Delivery }) {
  if (delivery.attempts.length === 0) return <p className="quiet">Not tried yet.</p>;
  return (
    <ol className={styles.attempts}>
      {delivery.attempts.map((attempt, index) => (
        <li key={attempt.at}>
          <span className="faint">{index + 1}</span>
          <Time at={attempt.at} />
          <span className="quiet">{formatDuration(attempt.tookMs)}</span>
          <span>{answerOf(attempt)}</span>
        </li>
      ))}
    </ol>
  );
}

function answerOf({ status, error }: Delivery["attempts"][number]): string {
  if (status === null) return error ?? "no answer";
  return error === null ? `HTTP ${status}` : `HTTP ${status}: ${error}`;
}
