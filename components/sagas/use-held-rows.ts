"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { SagaList, SagaSummary } from "#contracts/api/saga.ts";
import { appendRows, type Held, inPlace, mergeRows, rowKey } from "./merge-rows.ts";

const nothing: Held<SagaSummary> = { rows: [], next: null };

interface HeadAndMore {
  readonly first: SagaList | undefined;
  /** Whether `first` still answers the question before. */
  readonly isOld: boolean;
  readonly more: (cursor: string) => Promise<SagaList>;
  readonly still: boolean;
}

/**
 * The rows of a list that lives at its head and grows at its end. `question` names the list; another one starts over.
 * While `still`, rows keep their places and `waiting` counts those that would come.
 */
export function useHeldRows(question: string, { first, isOld, more, still }: HeadAndMore) {
  const [held, setHeld] = useState<{ of: string; list: Held<SagaSummary> }>(() => ({
    of: question,
    list: held0(first),
  }));
  const [failed, setFailed] = useState(false);
  const loading = useRef(false);
  useEffect(() => {
    if (!first || isOld) return;
    const fresh = held0(first);
    setHeld((now) => ({ of: question, list: now.of === question ? mergeRows(now.list, fresh) : fresh }));
  }, [first, isOld, question]);
  const { next } = held.list;
  const onEnd = useCallback(async () => {
    if (next === null || held.of !== question || loading.current) return;
    loading.current = true;
    try {
      const page = held0(await more(next));
      setHeld((now) =>
        now.of === question && now.list.next === next ? { of: question, list: appendRows(now.list, page) } : now,
      );
      setFailed(false);
    } catch {
      setFailed(true);
    } finally {
      loading.current = false;
    }
  }, [next, more, question, held.of]);
  const { rows, waiting } = useStill(held.list.rows, still, held.of);
  return { rows, waiting, onEnd, failed, atEnd: next === null, fresh: useFresh(rows, held.of) };
}

const held0 = (list: SagaList | undefined): Held<SagaSummary> =>
  list ? { rows: list.sagas, next: list.next } : nothing;

/** Holds the rows in their places while someone points at them or goes through them; further pages still come behind. */
function useStill(rows: readonly SagaSummary[], still: boolean, question: string) {
  const before = useRef({ rows, question });
  if (!still || before.current.question !== question) before.current = { rows, question };
  if (!still) return { rows, waiting: 0 };
  const kept = inPlace(before.current.rows, rows);
  const last = before.current.rows.at(-1);
  const end = last ? rows.findIndex((row) => rowKey(row) === rowKey(last)) : -1;
  const behind = end === -1 ? [] : rows.slice(end + 1);
  const known = new Set(before.current.rows.map(rowKey));
  return {
    rows: [...kept, ...behind],
    waiting: rows.slice(0, Math.max(0, end)).filter((row) => !known.has(rowKey(row))).length,
  };
}

/** Keys of rows that were not there a moment ago, while the list was the same: they slide in. */
function useFresh(rows: readonly SagaSummary[], question: string): ReadonlySet<string> {
  const seen = useRef<{
    of: string;
    keys: ReadonlySet<string>;
    rows: readonly SagaSummary[];
    fresh: ReadonlySet<string>;
  }>(undefined);
  const last = seen.current;
  if (last?.rows === rows && last.of === question) return last.fresh;
  const keys = new Set(rows.map(rowKey));
  const fresh = new Set(
    last?.of === question
      ? rows
          .slice(0, 50)
          .map(rowKey)
          .filter((key) => !last.keys.has(key))
      : [],
  );
  seen.current = { of: question, keys, rows, fresh };
  return fresh;
}
