"use client";

import { Page } from "#components/page.tsx";

/** What is left when a page itself breaks: the bar stands, and the page can be tried again. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <Page
      title="This page broke"
      answer={{ waiting: false, problem: "Something in it failed. The others still work, and nothing is lost." }}
    >
      <p>
        <button type="button" className="button" onClick={reset}>
          Try again
        </button>
      </p>
    </Page>
  );
}
