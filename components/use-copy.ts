"use client";

import { useEffect, useState } from "react";

/** Copies texts, and says for a moment that it has. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<void> } {
  const [copies, setCopies] = useState(0);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (copies === 0) return;
    setCopied(true);
    const timer = setTimeout(() => setCopied(false), 1600);
    return () => clearTimeout(timer);
  }, [copies]);
  const copy = async (text: string) => {
    await put(text);
    setCopies((count) => count + 1);
  };
  return { copied, copy };
}

async function put(text: string): Promise<void> {
  if (navigator.clipboard) return await navigator.clipboard.writeText(text);
  // Browsers give the clipboard to secure pages only; to others, what is selected.
  const field = document.createElement("textarea");
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
