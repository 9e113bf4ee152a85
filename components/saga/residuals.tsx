"use client";

import { useClock } from "#components/clock.tsx";
import { formatAge, formatCount, formatTime } from "#components/format.ts";
import { ruleWords } from "#components/mark/rule-words.ts";
import type { Residual, SagaDetail } from "#contracts/api/saga.ts";
import styles from "./residuals.module.css";

/** How many rows are shown before the rest are only counted. */
const mostShown = 8;

/** What is still done that should be undone: where, since when, what it holds, and what became of undoing it. */
export function Residuals({ saga }: { saga: Pick<SagaDetail, "residuals" | "state"> }) {
  const { nowMs, zone } = useClock();
  const shown = saga.residuals.slice(0, mostShown);
  if (shown.length === 0) return null;
  return (
    <table className={styles.residuals}>
      <caption>Still held</caption>
      <thead className="visually-hidden">
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Service</th>
          <th scope="col">Holds</th>
          <th scope="col">Since</th>
          <th scope="col">Undoing</th>
        </tr>
      </thead>
      <tbody>
        {shown.map((residual) => (
          <tr key={residual.step}>
            <th scope="row">{residual.step}</th>
            <td className="quiet">{residual.service}</td>
            <td>
              {Object.entries(residual.labels).map(([name, value]) => (
                <span key={name} className={styles.label}>
                  <span className="faint">{name}</span> {value}
                </span>
              ))}
            </td>
            <td className="quiet">
              {formatTime(residual.sinceMs, zone, { nowMs, precise: false })} · {formatAge(residual.sinceMs, nowMs)}
            </td>
            <td className={styles.undo}>{undoing(residual, saga.state)}</td>
          </tr>
        ))}
        {saga.residuals.length > shown.length && (
          <tr>
            <td colSpan={5} className="quiet">
              and {formatCount(saga.residuals.length - shown.length)} more
            </td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function undoing({ undo }: Residual, state: SagaDetail["state"]): string {
  if (undo === null) return state === "compensated" ? ruleWords.never_compensated : "No undo was tried";
  const tries = undo.attempts > 1 ? ` after ${undo.attempts} attempts` : "";
  if (!undo.failed) return `${undo.name} began and never finished`;
  return `${undo.name} failed${tries}${undo.error ? ` (${undo.error.code})` : ""}`;
}
