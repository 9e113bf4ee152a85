"use client";

import { useState } from "react";
import { Icon } from "#components/icon.tsx";
import { Time } from "#components/mark/time.tsx";
import { useCopy } from "#components/use-copy.ts";
import type { WebhookSecret } from "#contracts/api/alerts.ts";
import { ConfirmButton } from "./action-button.tsx";
import styles from "./alerts.module.css";
import { useAction } from "./use-action.ts";

/** The secret that signs every call: fetched when asked for, copied by a press, hidden again by another, replaced by a third. */
export function Secret({
  fetchSecret,
  rotate,
}: {
  fetchSecret: () => Promise<WebhookSecret>;
  rotate: () => Promise<WebhookSecret>;
}) {
  const [shown, setShown] = useState<WebhookSecret>();
  const { state, run } = useAction(async () => setShown(await fetchSecret()));
  return (
    <div className={styles.secret}>
      <p className="quiet">
        Every call is signed by Standard Webhooks: check the header webhook-signature with this secret before you trust
        a body.
      </p>
      {shown === undefined ? (
        <button type="button" className="button" disabled={state.kind === "running"} onClick={() => run()}>
          Show the secret
        </button>
      ) : (
        <>
          <span className={styles.pair}>
            <code className={styles.shown}>{shown.secret}</code>
            <CopyButton text={shown.secret} />
            <button type="button" className={styles.action} onClick={() => setShown(undefined)}>
              Hide
            </button>
          </span>
          <p className="quiet">
            Made <Time at={shown.createdAt} precise={false} />.
            {shown.previousUntil !== null && (
              <>
                {" "}
                The one before signs too until <Time at={shown.previousUntil} precise={false} />.
              </>
            )}
          </p>
          <ConfirmButton
            label="Replace"
            question="Make a new secret? The old one signs beside it for a day."
            act={async () => setShown(await rotate())}
          />
        </>
      )}
      {state.kind === "failed" && (
        <p role="alert" className={styles.wrong}>
          {state.problem}
        </p>
      )}
    </div>
  );
}

function CopyButton({ text }: { text: string }) {
  const { copied, copy } = useCopy();
  return (
    <button type="button" className="button" onClick={() => copy(text)}>
      <Icon name="copy" />
      <span aria-live="polite">{copied ? "Copied" : "Copy"}</span>
    </button>
  );
}
