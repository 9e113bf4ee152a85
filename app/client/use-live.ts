"use client";

import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Address, AnswerAt, ReadPath } from "#contracts/api/address.ts";
import { ask, ProblemError } from "./ask.ts";
import { type LiveStatus, listen, liveStatus, watchStatus } from "./live-source.ts";

export interface Live<Answer> {
  /** The newest answer; that of the question before while a new one is on its way. */
  readonly data: Answer | undefined;
  /** True while `data` belongs to the question before: dim it. */
  readonly isOld: boolean;
  /** What to do about it, where the newest attempt failed; `data` is then the last good answer. */
  readonly problem: string | undefined;
}

/**
 * The answer to a question: `initialData` from the server at once, then whatever
 * the page's stream tells, unless `?live=off`. Another path is asked for once and then heard of.
 */
export function useLive<Path extends ReadPath>(
  path: Address<Path>,
  initialData?: AnswerAt<Path>,
): Live<AnswerAt<Path>> {
  const client = useQueryClient();
  const isLive = useSearchParams().get("live") !== "off";
  const initial = useInitial(path, initialData);
  const query = useQuery<AnswerAt<Path>>({
    queryKey: [path],
    queryFn: ({ signal }) => ask(path, { signal }),
    ...(initial === undefined ? {} : { initialData: initial }),
    placeholderData: keepPreviousData as never,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (count, error) => !(error instanceof ProblemError && error.problem.status < 500) && count < 2,
  });
  const [told, setTold] = useState<{ path: string; problem: string } | undefined>(undefined);
  useEffect(() => {
    if (!isLive) return;
    return listen(path, {
      answer(content) {
        client.setQueryData([path], content);
        setTold(undefined);
      },
      problem: (problem) => setTold({ path, problem: problem.detail ?? problem.title }),
    });
  }, [client, path, isLive]);
  const failed = query.error ? messageOf(query.error) : undefined;
  return {
    data: query.data,
    isOld: query.isPlaceholderData,
    problem: told?.path === path ? told.problem : failed,
  };
}

/** Whether the page's stream is heard, and how fresh the store is; changes every second while live. */
export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(watchStatus, liveStatus, liveStatus);
}

/** The server's data belongs to the path that it came with, and to no path that the browser goes to by itself. */
function useInitial<Data>(path: string, data: Data | undefined): Data | undefined {
  const came = useRef({ path, data });
  if (came.current.data !== data) came.current = { path, data };
  return came.current.path === path ? data : undefined;
}

function messageOf(error: Error): string {
  return error instanceof ProblemError ? error.message : "The answer is not understood. Reload the page.";
}
