"use client";

import { Fragment, type ReactNode } from "react";
import { Icon } from "#components/icon.tsx";
import { Count } from "#components/mark/count.tsx";
import { Time } from "#components/mark/time.tsx";
import { Empty } from "#components/panel.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import { useUrl } from "#components/url/use-url.ts";
import type { DeadLetter, DeadLetterList } from "#contracts/api/dead-letters.ts";
import { deadLetterStates } from "#contracts/words.ts";
import styles from "./pipeline.module.css";
import { ReplayAll } from "./replay-all.tsx";
import type { ReplaySome } from "./replay-every.ts";
import { replayFilterOf } from "./replay-filter.ts";

const columns: readonly Column[] = [
  { name: "Open", hidden: true },
  { name: "State" },
  { name: "Reason" },
  { name: "Died" },
  { name: "Place" },
  { name: "Tries", number: true },
  { name: "What is wrong" },
];

const page = 50;
const mostShown = 500;

/** What could not be stored, newest first, narrowed by state, reason and topic; an opened one shows all of itself. */
export function DeadLetters({
  list,
  renderLetter,
  replay,
}: {
  list: DeadLetterList;
  renderLetter: (id: string) => ReactNode;
  /** Undefined while the list is that of another filter. */
  replay: ReplaySome | undefined;
}) {
  const url = useUrl();
  const filter = replayFilterOf(url.params);
  const opened = url.params.get("letter");
  const { letters, total, facets, freshness } = list;
  const isListed = letters.some(({ id }) => id === opened);
  return (
    <>
      <div className={styles.facets}>
        <Facet name="state" label="State" counts={facets.state} order={deadLetterStates} />
        <Facet name="reason" label="Reason" counts={facets.reason} />
        <Facet name="topic" label="Topic" counts={facets.topic} />
      </div>
      {replay && list.replay.available && (
        <ReplayAll
          key={JSON.stringify(filter)}
          waiting={filter.state.reduce((sum, state) => sum + (facets.state[state] ?? 0), 0)}
          countedBefore={list.countedBefore}
          filter={filter}
          replay={replay}
        />
      )}
      {opened !== null && !isListed && <div className={styles.alone}>{renderLetter(opened)}</div>}
      {letters.length === 0 ? (
        <Nothing soFar={freshness.deadLetters} narrowed={narrowing.some((key) => url.params.has(key))} />
      ) : (
        <Table columns={columns} className={`${styles.letters} ${table.stack}`}>
          {letters.map((letter) => (
            <Fragment key={letter.id}>
              <Row letter={letter} open={letter.id === opened} />
              {letter.id === opened && (
                <tr className={styles.opened}>
                  <td colSpan={columns.length}>{renderLetter(letter.id)}</td>
                </tr>
              )}
            </Fragment>
          ))}
        </Table>
      )}
      {total > letters.length && (
        <p className={styles.more}>
          <span className="faint">
            {letters.length.toLocaleString("en-US")} of {total.toLocaleString("en-US")}
          </span>
          {letters.length < mostShown && (
            <button
              type="button"
              className="button"
              onClick={() => url.set({ limit: String(Math.min(mostShown, letters.length + page)) }, "replace")}
            >
              Show more
            </button>
          )}
        </p>
      )}
    </>
  );
}

const narrowing = ["state", "reason", "topic"] as const;

function Nothing({ soFar, narrowed }: { soFar: number; narrowed: boolean }) {
  if (narrowed) return <Empty>No dead letter of this time matches. Take a filter away, or choose a longer time.</Empty>;
  if (soFar === 0) return <Empty>No message has ever died: all that came in could be stored.</Empty>;
  return (
    <Empty>
      No message died in this time. There are <Count count={soFar} /> from before: choose a longer time above.
    </Empty>
  );
}

function Facet({
  name,
  label,
  counts,
  order,
}: {
  name: (typeof narrowing)[number];
  label: string;
  counts: Readonly<Record<string, number>>;
  order?: readonly string[];
}) {
  const url = useUrl();
  const chosen = url.params.getAll(name);
  const values = [...new Set([...Object.keys(counts), ...chosen])].sort((a, b) =>
    order ? order.indexOf(a) - order.indexOf(b) : (counts[b] ?? 0) - (counts[a] ?? 0) || (a < b ? -1 : 1),
  );
  if (values.length === 0) return null;
  const toggle = (value: string) =>
    chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value];
  return (
    <fieldset className={styles.facet}>
      <legend>{label}</legend>
      {values.map((value) => (
        <button
          key={value}
          type="button"
          className={styles.choice}
          aria-pressed={chosen.includes(value)}
          onClick={() => url.set({ [name]: toggle(value), limit: null })}
        >
          {value} <span className="faint">{(counts[value] ?? 0).toLocaleString("en-US")}</span>
        </button>
      ))}
    </fieldset>
  );
}

function Row({ letter, open }: { letter: DeadLetter; open: boolean }) {
  const url = useUrl();
  const { id, state, reason, detail, deadAt, tries, topic, partition, offset, preview } = letter;
  return (
    <tr className={styles.letter} data-open={open}>
      <td>
        <button
          type="button"
          className={styles.toggle}
          aria-expanded={open}
          aria-label={`Dead letter ${id}`}
          onClick={() => url.set({ letter: open ? null : id, edit: null, view: null }, "replace")}
        >
          <Icon name={open ? "down" : "right"} />
        </button>
      </td>
      <td className={table.tight}>
        <LetterState state={state} />
      </td>
      <td className={table.tight}>
        <code>{reason}</code>
      </td>
      <td className={table.tight}>
        <Time at={deadAt} />
      </td>
      <td className={`mono ${table.tight}`}>
        {topic}:{partition}:{offset}
      </td>
      <td className={`number ${table.tight}`}>
        {tries}
        <span className={`faint ${table.said}`}> {tries === 1 ? "try" : "tries"}</span>
      </td>
      <td className={`${styles.what} ${table.line}`} title={`${detail}\n${preview}`}>
        {detail} {!preview.includes(noText) && <code className="faint">{preview}</code>}
      </td>
    </tr>
  );
}

/** What stands for bytes that are no text. */
const noText = "\ufffd";

/** A letter's state: loud only while it waits for somebody. */
export function LetterState({ state }: { state: DeadLetter["state"] }) {
  return (
    <span className={styles.state} data-state={state}>
      <span aria-hidden>{glyphs[state]}</span> {state}
    </span>
  );
}

const glyphs = {
  dead: "✕",
  interrupted: "?",
  sending: "→",
  replayed: "✓",
} as const satisfies Record<DeadLetter["state"], string>;
