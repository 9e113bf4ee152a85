"use client";

import { useState } from "react";
import { CostNote } from "#components/cost-note.tsx";
import { addChip, readChips, withChips } from "#components/filter/chips.ts";
import { formatCount } from "#components/format.ts";
import { type AnswerState, Page } from "#components/page.tsx";
import { Empty } from "#components/panel.tsx";
import { Skeleton } from "#components/skeleton.tsx";
import { hrefOf } from "#components/url/params.ts";
import { useUrl } from "#components/url/use-url.ts";
import type { SagaList } from "#contracts/api/saga.ts";
import { Facets, type ValuesOf } from "./facets.tsx";
import { FilterBox } from "./filter-box.tsx";
import { SagaTable } from "./saga-table.tsx";
import styles from "./sagas-view.module.css";
import { useHeldRows } from "./use-held-rows.ts";

/** The sagas of a time, narrowed by what the address says. */
export function SagasView({
  question,
  list,
  more,
  valuesOf,
  answer,
}: {
  /** What was asked, as text: another question is another list. */
  question: string;
  list: SagaList | undefined;
  more: (cursor: string) => Promise<SagaList>;
  valuesOf: ValuesOf;
  answer: AnswerState;
}) {
  const url = useUrl();
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const { rows, waiting, onEnd, failed, fresh } = useHeldRows(question, {
    first: list,
    isOld: answer.waiting,
    more,
    still: pointed || focused,
  });
  const release = () => {
    setPointed(false);
    setFocused(false);
  };
  const narrowed = readChips(url.params).length > 0;
  const onLabel = (value: string) => {
    const chips = addChip(readChips(url.params), { key: "label", value });
    window.history.pushState(null, "", hrefOf(url.path, withChips(url.params, chips)));
  };
  return (
    <Page
      title="Sagas"
      answer={answer}
      aside={
        <>
          <span className={styles.cost}>
            <CostNote cost={list} />
          </span>
          <span aria-live="polite" className={styles.total}>
            {list && `${list.total.toLocaleString("en-US")} ${list.total === 1 ? "saga" : "sagas"}`}
          </span>
        </>
      }
    >
      <div className={styles.list}>
        <FilterBox />
        <Facets facets={list?.facets} valuesOf={valuesOf} />
        {waiting > 0 && (
          <button type="button" className={styles.waiting} onClick={release}>
            {formatCount(waiting)} new above
          </button>
        )}
        {list === undefined && <Skeleton height="640px" />}
        {list !== undefined && rows.length === 0 && (
          <Empty>
            {narrowed
              ? "No saga of this time matches all filters. Remove one, or choose a longer time above."
              : "No saga began in this time. Choose a longer one above."}
          </Empty>
        )}
        {rows.length > 0 && (
          <SagaTable
            rows={rows}
            total={list?.total ?? rows.length}
            fresh={fresh}
            onEnd={onEnd}
            onHover={setPointed}
            onFocusInside={setFocused}
            onLabel={onLabel}
          />
        )}
        {failed && (
          <p className={styles.failed}>
            The next rows did not come.{" "}
            <button type="button" className="button" onClick={onEnd}>
              Try again
            </button>
          </p>
        )}
      </div>
    </Page>
  );
}
