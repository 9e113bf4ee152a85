"use client";

import { useUrl } from "#components/url/use-url.ts";
import styles from "./saga-table.module.css";
import { readSort, type SortField, sortParam, turned } from "./sort.ts";

/** The heads of the columns; three of them sort, and a second press turns the order round. */
export function SortHead() {
  return (
    <tr className={styles.head}>
      <th scope="col" className={styles.state}>
        State
      </th>
      <th scope="col" className={styles.id}>
        Saga
      </th>
      <th scope="col" className={styles.labels}>
        Business key
      </th>
      <th scope="col" className={styles.type}>
        Type
      </th>
      <Sortable field="started" name="Started" className={styles.started} />
      <Sortable field="duration" name="Duration" className={styles.duration} />
      <Sortable field="lastEvent" name="Last event" className={styles.last} />
      <th scope="col" className={styles.step}>
        Step
      </th>
      <th scope="col" className={styles.attempts} title="most attempts that any of its steps took">
        Tries
      </th>
      <th scope="col" className={styles.undone} title="steps that were undone">
        Undone
      </th>
      <th scope="col" className={styles.error}>
        Error
      </th>
    </tr>
  );
}

function Sortable({ field, name, className }: { field: SortField; name: string; className: string | undefined }) {
  const url = useUrl();
  const sort = readSort(url.params);
  const here = sort.field === field;
  return (
    <th scope="col" className={className} aria-sort={here ? (sort.ascending ? "ascending" : "descending") : "none"}>
      <button type="button" onClick={() => url.set({ sort: sortParam(turned(sort, field)) })}>
        {name}
        <span aria-hidden>{here ? (sort.ascending ? " ↑" : " ↓") : ""}</span>
      </button>
    </th>
  );
}
