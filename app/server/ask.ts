import type { Cost, Freshness } from "#contracts/api/answer.ts";
import { type AnswerTo, type ParamsOf, type QuestionName, questions } from "#contracts/api/questions.ts";
import { type Asker, createAsker } from "#store/clickhouse/ask.ts";
import { freshness } from "#store/clickhouse/queries/freshness.ts";
import { createRecentLimits } from "#store/clickhouse/rollups/recent-limits.ts";
import type { Answering } from "./answers/answering.ts";
import { answers } from "./answers/answers.ts";
import { kafka } from "./kafka.ts";
import { parseParams } from "./params.ts";
import { perProcess } from "./per-process.ts";
import { recently } from "./recently.ts";
import { sagasToRead } from "./sagas-to-read.ts";
import { settings } from "./settings.ts";
import { store } from "./store.ts";

/** Freshness is part of every answer; those of one moment share it. */
const freshForMs = 1000;

/** How fresh the store is. Throws as a question does. */
export function currentFreshness(asker: Asker = createAsker(store()), nowMs = Date.now()): Promise<Freshness> {
  return recently("freshness", freshForMs, () => freshness(asker, nowMs));
}

/**
 * Answers a question from the store. `params` may be untrusted: they are checked here.
 * Throws `BAD_REQUEST`, `NOT_FOUND`, `TOO_LARGE`, `STORE_DOWN` or `STORE_REFUSED`.
 */
export async function askQuestion(name: QuestionName, params: unknown): Promise<Cost> {
  const parsed = parseParams(questions[name].params, params);
  // The table pairs each question's parameters with its own answer; TypeScript cannot follow the pair through a name.
  const answer = answers[name] as (params: unknown, answering: Answering) => Promise<object>;
  const nowMs = Date.now();
  const began = performance.now();
  const asker = createAsker(store(), { sagas: await sagasToRead() });
  const limits = await perProcess("limits", () => createRecentLimits(store()))();
  const { GATEWAY_SERVICES: gateways, SAGA_EVENTS_TOPIC: events, OTLP_SPANS_TOPIC: spans } = settings();
  const answering: Answering = { asker, nowMs, limits, gateways, topics: { events, spans }, kafka: kafka() };
  const [content, fresh] = await Promise.all([answer(parsed, answering), currentFreshness(asker, nowMs)]);
  const tookMs = Math.round((performance.now() - began) * 10) / 10;
  return { ...content, freshness: fresh, rowsRead: asker.rowsRead(), bytesRead: asker.bytesRead(), tookMs };
}

/** For server components: asks a question with typed parameters. */
export async function askOnServer<Name extends QuestionName>(
  name: Name,
  params: ParamsOf<Name>,
): Promise<AnswerTo<Name>> {
  return (await askQuestion(name, params)) as AnswerTo<Name>;
}
