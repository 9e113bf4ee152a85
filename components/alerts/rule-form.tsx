"use client";

import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { AlertRuleInput } from "#contracts/api/alerts.ts";
import styles from "./alerts.module.css";
import { type DraftField, type RuleDraft, readDraft } from "./rule-draft.ts";
import { useAction } from "./use-action.ts";

/** Makes or changes a rule; what is wrong is said beside its field, once someone has tried to save. */
export function RuleForm({
  title,
  draft: given,
  types,
  save,
  onClose,
}: {
  title: string;
  draft: RuleDraft;
  types: readonly string[];
  save: (rule: AlertRuleInput) => Promise<void>;
  onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [draft, setDraft] = useState(given);
  const [tried, setTried] = useState(false);
  const { state, run } = useAction(save);
  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    if (state.kind === "done") onClose();
  }, [state, onClose]);
  const read = readDraft(draft);
  const problems = tried && read.kind === "problems" ? read.problems : {};
  const set = (change: Partial<RuleDraft>) => setDraft({ ...draft, ...change });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (read.kind === "rule") void run(read.rule);
    else dialog.current?.querySelector<HTMLElement>(`[name="${Object.keys(read.problems)[0]}"]`)?.focus();
  };
  return (
    <dialog ref={dialog} className={styles.dialog} aria-label={title} onClose={onClose}>
      <form className={styles.form} onSubmit={submit} noValidate>
        <h2>{title}</h2>
        <Fields draft={draft} set={set} types={types} problems={problems} />
        {state.kind === "failed" && (
          <p role="alert" className={styles.wrong}>
            {state.problem}
          </p>
        )}
        <div className={styles.buttons}>
          <button type="submit" className="button" disabled={state.kind === "running"}>
            {state.kind === "running" ? "Saving …" : "Save"}
          </button>
          <button type="button" className={styles.action} onClick={() => dialog.current?.close()}>
            Cancel
          </button>
        </div>
      </form>
    </dialog>
  );
}

type Problems = Readonly<Partial<Record<DraftField, string>>>;

function Fields({
  draft,
  set,
  types,
  problems,
}: {
  draft: RuleDraft;
  set: (change: Partial<RuleDraft>) => void;
  types: readonly string[];
  problems: Problems;
}) {
  const shown = draft.sagaType === "" || types.includes(draft.sagaType) ? types : [...types, draft.sagaType];
  return (
    <>
      <Field name="name" label="Name" problem={problems.name}>
        {(props) => (
          <input
            {...props}
            className="field"
            value={draft.name}
            maxLength={120}
            onChange={(event) => set({ name: event.target.value })}
          />
        )}
      </Field>
      <Field name="threshold" label="Sagas or more" problem={problems.threshold}>
        {(props) => (
          <input
            {...props}
            className="field"
            inputMode="numeric"
            value={draft.threshold}
            onChange={(event) => set({ threshold: event.target.value })}
          />
        )}
      </Field>
      <Field name="sagaType" label="Of type" problem={problems.sagaType}>
        {(props) => (
          <select
            {...props}
            className="field"
            value={draft.sagaType}
            onChange={(event) => set({ sagaType: event.target.value })}
          >
            <option value="">all types</option>
            {shown.map((type) => (
              <option key={type}>{type}</option>
            ))}
          </select>
        )}
      </Field>
      <Field name="condition" label="That" problem={problems.condition}>
        {(props) => (
          <select
            {...props}
            className="field"
            value={draft.condition}
            onChange={(event) => set({ condition: event.target.value })}
          >
            <option value="failed">failed</option>
            <option value="compensated">were compensated</option>
            <option value="overdue">became overdue</option>
          </select>
        )}
      </Field>
      <Field name="windowSeconds" label="Within" problem={problems.windowSeconds}>
        {(props) => (
          <span className={styles.pair}>
            <input
              {...props}
              className="field"
              inputMode="numeric"
              value={draft.window}
              onChange={(event) => set({ window: event.target.value })}
            />
            <select
              className="field"
              aria-label="Unit"
              value={draft.windowUnit}
              onChange={(event) => set({ windowUnit: event.target.value as RuleDraft["windowUnit"] })}
            >
              <option value="s">seconds</option>
              <option value="min">minutes</option>
              <option value="h">hours</option>
            </select>
          </span>
        )}
      </Field>
      <Field name="severity" label="Severity" problem={problems.severity}>
        {(props) => (
          <select
            {...props}
            className="field"
            value={draft.severity}
            onChange={(event) => set({ severity: event.target.value })}
          >
            {["info", "warning", "critical"].map((severity) => (
              <option key={severity}>{severity}</option>
            ))}
          </select>
        )}
      </Field>
      <Field name="webhookUrl" label="Webhook" problem={problems.webhookUrl}>
        {(props) => (
          <input
            {...props}
            className="field"
            type="url"
            placeholder="https://example.org/hook"
            value={draft.webhookUrl}
            onChange={(event) => set({ webhookUrl: event.target.value })}
          />
        )}
      </Field>
      <label className={styles.check}>
        <input type="checkbox" checked={draft.enabled} onChange={(event) => set({ enabled: event.target.checked })} />
        on as soon as it is saved
      </label>
    </>
  );
}

interface FieldProps {
  readonly id: string;
  readonly name: string;
  readonly "aria-invalid": boolean;
  readonly "aria-describedby": string;
}

function Field({
  name,
  label,
  problem,
  children,
}: {
  name: DraftField;
  label: string;
  problem: string | undefined;
  children: (props: FieldProps) => ReactNode;
}) {
  const id = useId();
  return (
    <div className={styles.formRow}>
      <label htmlFor={id}>{label}</label>
      {children({ id, name, "aria-invalid": problem !== undefined, "aria-describedby": `${id}-problem` })}
      <p id={`${id}-problem`} className={styles.wrong}>
        {problem}
      </p>
    </div>
  );
}
