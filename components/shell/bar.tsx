"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { useUrl } from "#components/url/use-url.ts";
import styles from "./bar.module.css";
import { pages } from "./pages.ts";
import { RangeMenu } from "./range-menu.tsx";
import { ThemeButton } from "./theme-button.tsx";

const isHere = (path: string, page: string) => (page === "/" ? path === "/" : path.startsWith(page));

/** The bar over every page: where one is, which time one sees, how fresh it is, and the way to anything else. */
export function Bar({
  search,
  freshness,
  theme,
}: {
  search: ReactNode;
  freshness: ReactNode;
  theme: string | undefined;
}) {
  const url = useUrl();
  return (
    <header className={styles.bar}>
      <a className={styles.skip} href="#content">
        Skip to content
      </a>
      <Link href={url.to("/")} className={styles.name} aria-label="Sagascope">
        <Wordmark />
        <span className={styles.word}>Sagascope</span>
      </Link>
      <nav className={styles.nav} aria-label="Pages">
        {pages.map(({ name, path }) => (
          <Link key={path} href={url.to(path)} aria-current={isHere(url.path, path) ? "page" : undefined}>
            {name}
          </Link>
        ))}
      </nav>
      <div className={styles.tools}>
        <RangeMenu />
        {search}
        {freshness}
        <ThemeButton theme={theme} />
      </div>
    </header>
  );
}

/** Forward, and back again. */
function Wordmark() {
  return (
    <svg width="18" height="18" viewBox="0 0 18 18" fill="none" stroke="currentColor" strokeWidth="1.75" aria-hidden>
      <path d="M2 6h10.5a3.5 3.5 0 0 1 0 7H8" strokeLinecap="round" />
      <path d="m10.5 10.5-3 2.5 3 2.5" strokeLinecap="round" strokeLinejoin="round" />
      <circle cx="3" cy="13" r="1.25" fill="currentColor" stroke="none" />
    </svg>
  );
}
