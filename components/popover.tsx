"use client";

import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import styles from "./popover.module.css";

/**
 * A button that opens a small panel under itself. Escape closes it and gives the focus back; so does, without that, a
 * press outside or the focus moving on. Unless told where to `align`, it opens towards the middle of the window.
 * `children` gets `close`, for what is done when something was chosen.
 */
export function Popover({
  label,
  button,
  className,
  align,
  children,
}: {
  label: string;
  button: ReactNode;
  className?: string | undefined;
  align?: "start" | "end";
  children: (close: () => void) => ReactNode;
}) {
  const [open, setOpen] = useState(false);
  const [side, setSide] = useState<"start" | "end">("start");
  const root = useRef<HTMLDivElement>(null);
  const trigger = useRef<HTMLButtonElement>(null);
  const id = useId();
  const close = () => {
    setOpen(false);
    trigger.current?.focus();
  };
  useEffect(() => {
    if (!open) return;
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape is heard for the panel as a whole.
    <div
      ref={root}
      className={styles.root}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || !open) return;
        event.stopPropagation();
        close();
      }}
      onBlur={({ relatedTarget }) => {
        if (relatedTarget !== null && !root.current?.contains(relatedTarget)) setOpen(false);
      }}
    >
      <button
        ref={trigger}
        type="button"
        className={className}
        aria-label={label}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        onClick={({ currentTarget }) => {
          setSide(currentTarget.getBoundingClientRect().left > window.innerWidth / 2 ? "end" : "start");
          setOpen(!open);
        }}
      >
        {button}
      </button>
      {open && (
        <section id={id} className={styles.panel} data-align={align ?? side} aria-label={label}>
          {children(close)}
        </section>
      )}
    </div>
  );
}
