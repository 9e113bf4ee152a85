"use client";

import { type ReactNode, useEffect, useState } from "react";
import { type ChipKey, readChips, toggleChip, withChips } from "#components/filter/chips.ts";
import { formatCount } from "#components/format.ts";
import { Icon } from "#components/icon.tsx";
import { ruleWords } from "#components/mark/rule-words.ts";
import { StateMark } from "#components/mark/state-mark.tsx";
import { VerdictMark } from "#components/mark/verdict-mark.tsx";
import { Popover } from "#components/popover.tsx";
import { ProblemNote } from "#components/problem-note.tsx";
import { hrefOf } from "#components/url/params.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { SagaList, SagaValueFacet, SagaValues } from "#contracts/api/saga.ts";
import { sagaStates, sagaValueFacets, verdicts } from "#contracts/words.ts";
import styles from "./facets.module.css";

type Facets = SagaList["facets"];

export type ValuesOf = (facet: SagaValueFacet, signal: AbortSignal) => Promise<SagaValues>;

const valueNames: Readonly<Record<SagaValueFacet, string>> = {
  version: "Version",
  service: "Service",
  serviceVersion: "Service’s version",
  step: "Step reached",
  waitsIn: "Waits in",
  failedStep: "Failed step",
  residual: "Left done",
  label: "Label",
};

/**
 * Every choice with its count; a choice's own kind does not narrow its counts, so none vanishes. Of what may have many values
 * they are asked for when its menu is opened.
 */
export function Facets({ facets, valuesOf }: { facets: Facets | undefined; valuesOf: ValuesOf }) {
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
      <Popover
        label="Filter by more"
        className={`${styles.choice} ${styles.opener}`}
        button={
          <>
            More
            <Icon name="down" />
          </>
        }
      >
        {() => <MoreChoices valuesOf={valuesOf} />}
      </Popover>
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
  const { isOn } = useToggle(facet);
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
      {() => <Choices facet={facet} choices={choices} words={words} />}
    </Popover>
  );
}

/** The other filters, one at a time. */
function MoreChoices({ valuesOf }: { valuesOf: ValuesOf }) {
  const [facet, setFacet] = useState<SagaValueFacet>("service");
  return (
    <>
      <label className={styles.by}>
        Filter by
        <select
          className="field"
          value={facet}
          onChange={({ target }) => setFacet(sagaValueFacets.find((each) => each === target.value) ?? facet)}
        >
          {sagaValueFacets.map((each) => (
            <option key={each} value={each}>
              {valueNames[each]}
            </option>
          ))}
        </select>
      </label>
      <AskedChoices key={facet} facet={facet} valuesOf={valuesOf} />
    </>
  );
}

/** The choices of one filter, as they are while its menu is open and the filters stay. */
function AskedChoices({ facet, valuesOf }: { facet: SagaValueFacet; valuesOf: ValuesOf }) {
  const [known, setKnown] = useState<{ of: ValuesOf; answer: SagaValues | Error }>();
  useEffect(() => {
    const asking = new AbortController();
    const tell = (answer: SagaValues | Error) => {
      if (!asking.signal.aborted) setKnown({ of: valuesOf, answer });
    };
    valuesOf(facet, asking.signal).then(tell, (error: unknown) =>
      tell(error instanceof Error ? error : new Error(String(error))),
    );
    return () => asking.abort();
  }, [facet, valuesOf]);
  if (known === undefined) return <p className="quiet">Counting …</p>;
  const { answer } = known;
  // Of filters that are no longer the ones.
  const isOld = known.of !== valuesOf;
  if (answer instanceof Error) return <ProblemNote problem={answer.message} />;
  return (
    <div aria-busy={isOld} className={styles.asked}>
      <Choices facet={facet} choices={answer.values.map(({ value, sagas }) => [value, sagas])} />
      {answer.cut && (
        <p className="quiet">The {answer.values.length} most frequent. Type others into the field above.</p>
      )}
    </div>
  );
}

/** Choices to be ticked, each with its count. */
function Choices({
  facet,
  choices,
  words = {},
}: {
  facet: ChipKey;
  choices: readonly (readonly [value: string, count: number])[];
  words?: Readonly<Record<string, string>> | undefined;
}) {
  const { isOn, toggle } = useToggle(facet);
  if (choices.length === 0) return <p className="quiet">None in this time.</p>;
  return (
    <ul className={styles.menu}>
      {choices.map(([value, count]) => (
        <li key={value}>
          <label>
            <input type="checkbox" checked={isOn(value)} onChange={() => toggle(value)} />
            <span>{words[value] ?? value}</span>
            <span className={styles.count} title={count.toLocaleString("en-US")}>
              {formatCount(count)}
            </span>
          </label>
        </li>
      ))}
    </ul>
  );
}
