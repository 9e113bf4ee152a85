import type { Metadata } from "next";
import { safeNext } from "#app/server/guard.ts";
import styles from "./login.module.css";

export const metadata: Metadata = { title: "Log in" };

interface LoginProps {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}

/** Where one without a session lands: how to get the link, and a field for the token. */
export default async function LoginPage({ searchParams }: LoginProps) {
  const { next, wrong } = await searchParams;
  const target = safeNext(typeof next === "string" ? next : undefined);
  return (
    <main className={styles.main}>
      <h1 className={styles.title}>Sagascope</h1>
      <p>
        Open the log-in link that <code>npm start</code> printed last, or paste its token here. It stands as{" "}
        <code>token</code> in <code>.sagascope/endpoints.json</code>, or is what you set as <code>SAGASCOPE_TOKEN</code>
        .
      </p>
      <form action="/login/session" method="post" className={styles.form}>
        <input type="hidden" name="next" value={target} />
        <label htmlFor="token">Token</label>
        <input
          id="token"
          name="token"
          type="password"
          required
          autoComplete="current-password"
          spellCheck={false}
          aria-invalid={wrong !== undefined}
          aria-describedby={wrong === undefined ? undefined : "wrong"}
          className={styles.field}
        />
        {wrong !== undefined && (
          <p id="wrong" role="alert" className={styles.wrong}>
            ✕ This is not the token of this Sagascope. Each data folder has its own: take the newest link.
          </p>
        )}
        <button type="submit" className={styles.button}>
          Log in
        </button>
      </form>
    </main>
  );
}
