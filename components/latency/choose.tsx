"use client";

import { useId } from "react";
import { useUrl } from "#components/url/use-url.ts";
import type { Latency } from "#contracts/api/latency.ts";
import styles from "./latency.module.css";

/** Which saga type and step the charts are of; the address keeps the choice. */
export function Choose({ latency }: { latency: Latency | undefined }) {
  const url = useUrl();
  const id = useId();
  const type = url.params.get("type") ?? "";
  const step = url.params.get("step") ?? "";
  const types = withChosen(latency?.types ?? [], type);
  const steps = withChosen(
    [
      ...new Set(
        (latency?.rows ?? []).flatMap((row) =>
          row.step !== "" && (type === "" || row.type === type) ? [row.step] : [],
        ),
      ),
    ],
    step,
  );
  return (
    <div className={styles.choose}>
      <span>
        <label htmlFor={`${id}-type`}>Type</label>
        <select
          id={`${id}-type`}
          className="field"
          value={type}
          onChange={(event) => url.set({ type: event.target.value || null, step: null })}
        >
          <option value="">all types</option>
          {types.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </span>
      <span>
        <label htmlFor={`${id}-step`}>Step</label>
        <select
          id={`${id}-step`}
          className="field"
          value={step}
          onChange={(event) => url.set({ step: event.target.value || null })}
        >
          <option value="">whole saga</option>
          {steps.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </span>
    </div>
  );
}

/** What is chosen stays among the choices, though this time has none of it. */
const withChosen = (names: readonly string[], chosen: string) =>
  chosen === "" || names.includes(chosen) ? names : [...names, chosen];
