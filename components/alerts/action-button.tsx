"use client";

import { useEffect, useState } from "react";
import styles from "./alerts.module.css";
import { useAction } from "./use-action.ts";

/** A button for something that takes a while: it says that it runs, that it is done, or why not. */
export function ActionButton({ label, done, act }: { label: string; done: string; act: () => Promise<void> }) {
  const { state, run } = useAction(act);
  const [said, setSaid] = useState(false);
  useEffect(() => {
    if (state.kind !== "done") return;
    setSaid(true);
    const timer = setTimeout(() => setSaid(false), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <>
      <button type="button" className={styles.action} disabled={state.kind === "running"} onClick={() => run()}>
        {state.kind === "running" ? "…" : said ? done : label}
      </button>
      <span role="status" className={state.kind === "failed" ? styles.wrong : "visually-hidden"}>
        {state.kind === "failed" ? state.problem : said ? done : ""}
      </span>
    </>
  );
}

/** The same, asked twice: the first press only arms it. It looks like a link unless it is `framed`. */
export function ConfirmButton({
  label,
  question,
  framed = false,
  act,
  onAsk,
}: {
  label: string;
  question: string;
  framed?: boolean;
  act: () => Promise<void>;
  /** Told when the question comes, and when it goes. */
  onAsk?: (isAsked: boolean) => void;
}) {
  const [asked, setAsked] = useState<boolean>();
  const ask = (is: boolean) => {
    setAsked(is);
    onAsk?.(is);
  };
  const once = async () => {
    await act();
    ask(false);
  };
  if (!asked) {
    return (
      <button
        type="button"
        className={framed ? "button" : styles.action}
        // biome-ignore lint/a11y/noAutofocus: the focus comes back from the question that stood in its place.
        autoFocus={asked === false}
        onClick={() => ask(true)}
      >
        {label}
      </button>
    );
  }
  return (
    <span className={styles.confirm}>
      {question}
      <ActionButton label={`Yes, ${label.toLowerCase()}`} done="Done" act={once} />
      {/* biome-ignore lint/a11y/noAutofocus: the button that had the focus has become this question. */}
      <button type="button" className={styles.action} autoFocus onClick={() => ask(false)}>
        Keep
      </button>
    </span>
  );
}
