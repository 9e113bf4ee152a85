"use client";

import type { ReactNode } from "react";
import { type ChipKey, readChips, toggleChip, withChips } from "#components/filter/chips.ts";
import { formatCount } from "#components/format.ts";
import { Icon } from "#components/icon.tsx";
import { ruleWords } from "#components/mark/rule-words.ts";
import { StateMark } from "#components/mark/state-mark.tsx";
import { VerdictMark } from "#components/mark/verdict-mark.tsx";
import { Popover } from "#components/popover.tsx";
import { hrefOf } from "#components/url/params.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { SagaList } from "#contracts/api/saga.ts";
import { sagaStates, verdicts } from "#contracts/words.ts";
import styles from "./facets.module.css";

type Facets = SagaList["facets"];

/** Every choice with its count; a choice's own kind does not narrow its counts, so none vanishes. */
export function Facets({ facets }: { facets: Facets | undefined }) {
  return (
    <div className={styles.facets}>
      <fieldset className={styles.group}>
        <legend className="visually-hidden">State</legend>
        {sagaStates.map((state) => (
          <Choice key={state} facet="state" value={state} count={facets && (facets.state[state] ?? 0)}>
            <StateMark state={state} />
          </Choice>
        ))}
      </fieldset>
      <fieldset className={styles.group}>
        <legend className="visually-hidden">Verdict</legend>
        {verdicts.map((verdict) => (
          <Choice key={verdict} facet="verdict" value={verdict} count={facets && (facets.verdict[verdict] ?? 0)}>
            <VerdictMark verdict={verdict} />
          </Choice>
        ))}
      </fieldset>
      <Menu facet="rule" name="Rule" counts={facets?.rule} words={ruleWords} />
      <Menu facet="type" name="Type" counts={facets?.type} />
      <Menu facet="error" name="Error" counts={facets?.error} />
    </div>
  );
}

function useToggle(key: ChipKey) {
  const url = useUrl();
  const chips = readChips(url.params);
  return {
    isOn: (value: string) => chips.some((chip) => chip.key === key && chip.value === value),
    toggle: (value: string) => {
      const next = withChips(url.params, toggleChip(chips, { key, value }));
      window.history.pushState(null, "", hrefOf(url.path, next));
    },
  };
}

function Choice({
  facet,
  value,
  count,
  children,
}: {
  facet: ChipKey;
  value: string;
  /** Undefined while it is not known. */
  count: number | undefined;
  children: ReactNode;
}) {
  const { isOn, toggle } = useToggle(facet);
  return (
    <button
      type="button"
      className={styles.choice}
      aria-pressed={isOn(value)}
      data-none={count === 0}
      onClick={() => toggle(value)}
    >
      {children}
      <span className={styles.count} title={count?.toLocaleString("en-US")}>
        {count === undefined ? "–" : formatCount(count)}
      </span>
    </button>
  );
}

function Menu({
  facet,
  name,
  counts,
  words = {},
}: {
  facet: "rule" | "type" | "error";
  name: string;
  counts: Readonly<Record<string, number>> | undefined;
  /** What its choices are called, where not as in the address. */
  words?: Readonly<Record<string, string>>;
}) {
  const { isOn, toggle } = useToggle(facet);
  const choices = Object.entries(counts ?? {})
    .filter(([value, count]) => value !== "" && (count > 0 || isOn(value)))
    .sort(([, a], [, b]) => b - a);
  const on = choices.filter(([value]) => isOn(value)).length;
  return (
    <Popover
      label={`Filter by ${name.toLowerCase()}`}
      className={`${styles.choice} ${styles.opener}`}
      button={
        <>
          {name}
          <span className={styles.count}>
            {counts === undefined ? "–" : on > 0 ? `${on} of ${choices.length}` : choices.length}
          </span>
          <Icon name="down" />
        </>
      }
    >
      {() =>
        choices.length === 0 ? (
          <p className="quiet">None in this time.</p>
        ) : (
          <ul className={styles.menu}>
            {choices.map(([value, count]) => (
              <li key={value}>
                <label>
                  <input type="checkbox" checked={isOn(value)} onChange={() => toggle(value)} />
                  <span>{words[value] ?? value}</span>
                  <span className={styles.count}>{formatCount(count)}</span>
                </label>
              </li>
            ))}
          </ul>
        )
      }
    </Popover>
  );
}
