"use client";

import { useUrl } from "#components/url/use-url.ts";
import styles from "./saga-table.module.css";
import { readSort, type SortField, sortParam, turned } from "./sort.ts";

/** The heads of the columns: each sorts, and a second press turns the order round. */
export function SortHead() {
  return (
    <tr className={styles.head}>
      <Sortable field="state" name="State" className={styles.state} />
      <Sortable field="verdict" name="Verdict" className={styles.verdict} title="overdue, inconsistent" />
      <Sortable field="id" name="Saga" className={styles.id} />
      <Sortable field="label" name="Business key" className={styles.labels} title="by the first that is shown" />
      <Sortable field="type" name="Type" className={styles.type} />
      <Sortable field="started" name="Started" className={styles.started} />
      <Sortable field="duration" name="Duration" className={styles.duration} />
      <Sortable field="lastEvent" name="Last event" className={styles.last} />
      <Sortable field="step" name="Step" className={styles.step} />
      <Sortable
        field="attempts"
        name="Tries"
        className={styles.attempts}
        title="most attempts that any of its steps took"
      />
      <Sortable field="compensations" name="Undone" className={styles.undone} title="steps that were undone" />
      <Sortable field="error" name="Error" className={styles.error} />
    </tr>
  );
}

function Sortable({
  field,
  name,
  className,
  title,
}: {
  field: SortField;
  name: string;
  className: string | undefined;
  title?: string;
}) {
  const url = useUrl();
  const sort = readSort(url.params);
  const here = sort.field === field;
  return (
    <th
      scope="col"
      className={className}
      title={title}
      aria-sort={here ? (sort.ascending ? "ascending" : "descending") : "none"}
    >
      <button type="button" onClick={() => url.set({ sort: sortParam(turned(sort, field)) })}>
        {name}
        <span aria-hidden>{here ? (sort.ascending ? " ↑" : " ↓") : ""}</span>
      </button>
    </th>
  );
}
