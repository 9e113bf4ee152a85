"use client";

import { useId, useState } from "react";
import { ConfirmButton } from "#components/alerts/action-button.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { DeadLetterDetail, ReplayRequest } from "#contracts/api/dead-letters.ts";
import { issuesIn } from "./json-lines.ts";
import styles from "./letter.module.css";

/** The value to send instead, in a field; says at once where it is no JSON. */
export function LetterEditor({
  detail: { letter, value },
  replay,
}: {
  detail: DeadLetterDetail;
  replay: (request: ReplayRequest) => Promise<void>;
}) {
  const url = useUrl();
  const id = useId();
  // Bytes that are no text are begun anew.
  const [text, setText] = useState(() => (value?.encoding === "text" ? indented(value.content) : ""));
  const problem = problemOf(text);
  const close = () => url.set({ edit: null }, "replace");
  return (
    <div className={styles.editor}>
      <label htmlFor={id} className="quiet">
        The value to send instead. Keep its id: the event is then the one that died, and counts once.
      </label>
      <textarea
        id={id}
        className={styles.field}
        value={text}
        rows={Math.min(28, Math.max(8, text.split("\n").length + 1))}
        spellCheck={false}
        aria-invalid={problem !== undefined}
        aria-describedby={`${id}-problem`}
        // biome-ignore lint/a11y/noAutofocus: it was opened to be written in.
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && close()}
      />
      <p id={`${id}-problem`} role="status" className={problem === undefined ? "faint" : styles.wrong}>
        {problem ?? (issuesIn(letter.detail).length > 0 ? `It died of: ${letter.detail}` : "It is JSON.")}
      </p>
      <div className={styles.actions}>
        <ConfirmButton
          label="Replay"
          framed
          question={`Send this to ${letter.topic}, partition ${letter.partition}?`}
          act={async () => {
            await replay({ value: { encoding: "text", content: text } });
            close();
          }}
        />
        <button type="button" className="button" onClick={close}>
          Cancel
        </button>
      </div>
    </div>
  );
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function problemOf(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? `Not JSON yet: ${error.message}` : "Not JSON yet.";
  }
}
