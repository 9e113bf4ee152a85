"use client";

import { useState } from "react";
import { Icon } from "#components/icon.tsx";
import bar from "./bar.module.css";

const themes = ["system", "light", "dark"] as const;
type Theme = (typeof themes)[number];
const icons = { system: "system", light: "sun", dark: "moon" } as const satisfies Record<Theme, string>;

/** Goes through system, light and dark; a cookie keeps the choice, so that the server's first paint has it. */
export function ThemeButton({ theme: given }: { theme: string | undefined }) {
  const [theme, setTheme] = useState<Theme>(given === "light" || given === "dark" ? given : "system");
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? "system";
  const change = () => {
    setTheme(next);
    if (next === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = next;
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing without TLS.
    document.cookie = `theme=${next}; path=/; max-age=31536000; samesite=lax`;
  };
  return (
    <button
      type="button"
      className={`${bar.tool} ${bar.square}`}
      aria-label={`Theme: ${theme}. Change to ${next}.`}
      title={`Theme: ${theme}. Press for ${next}.`}
      onClick={change}
    >
      <Icon name={icons[theme]} />
    </button>
  );
}
