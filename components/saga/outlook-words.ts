import { formatDuration, formatShare } from "#components/format.ts";
import type { SagaLimit } from "#contracts/api/outlook.ts";
import type { SagaDetail } from "#contracts/api/saga.ts";
import { readStepName } from "#sagas/words.ts";

/**
 * What comes next for an open saga, in a line: `Usually next: charge payment. Ends in about 12 s, nine in ten within 40 s. 4 %
 * of 2,310 like it did not complete.` Empty where nothing is to be said.
 */
export function outlookWords({ outlook }: Pick<SagaDetail, "outlook">, nowMs: number): string {
  if (outlook.kind === "unknown") return unknown[outlook.reason];
  const [first] = outlook.next;
  const next = first ? `Usually next: ${nextWords(first, outlook.next.length)}. ` : "";
  const like = `${outlook.peers.toLocaleString("en-US")} like it${outlook.peersOf === "type" ? ", of any version," : ""}`;
  return `${next}${endWords(outlook.end, nowMs)} ${formatShare(outlook.failing.odds)} of ${like} did not complete.`;
}

const unknown = {
  ended: "",
  too_few_peers: "",
  waits_longer_than_peers: "Hardly any saga that completed or failed has waited here for as long.",
} as const satisfies Record<Extract<SagaDetail["outlook"], { kind: "unknown" }>["reason"], string>;

type Next = Extract<SagaDetail["outlook"], { kind: "known" }>["next"][number];

const endNames: Readonly<Record<string, string>> = {
  completed: "it completes",
  compensated: "it is undone",
  failed: "it fails",
};

function nextWords({ kind, name, odds }: Next, choices: number): string {
  const share = choices > 1 ? ` (${formatShare(odds)})` : "";
  if (kind === "end") return `${endNames[name] ?? name}${share}`;
  const { action, object } = readStepName(name);
  return `${[action, object].filter(Boolean).join(" ")}${share}`;
}

function endWords({ p50At, p90At }: { p50At: string; p90At: string }, nowMs: number): string {
  const p50 = Date.parse(p50At) - nowMs;
  const p90 = Date.parse(p90At) - nowMs;
  if (p90 <= 0) return "Nine in ten had ended by now.";
  return p50 <= 0
    ? `Half had ended by now, nine in ten within ${formatDuration(p90)}.`
    : `Ends in about ${formatDuration(p50)}, nine in ten within ${formatDuration(p90)}.`;
}

/** Why a saga without a deadline is overdue; empty where it is not. */
export function limitWords({ limit, verdicts }: Pick<SagaDetail, "limit" | "verdicts">, nowMs: number): string {
  if (limit?.kind !== "learned" || !verdicts.includes("overdue")) return "";
  return `Overdue: it has waited here for ${formatDuration(nowMs - Date.parse(limit.since))}, and 999 of 1,000 waited ${formatDuration(limit.limitMs)} at most${usualWords(limit)}.`;
}

const usualWords = ({ usualMs }: Extract<SagaLimit, { kind: "learned" }>) =>
  usualMs === null ? "" : `, half of them ${formatDuration(usualMs)}`;
