import { apiRoot, type QuestionName, questions } from "#contracts/api/questions.ts";
import { SagascopeError } from "#lib/errors.ts";
import { readQuery } from "./params.ts";

/** A question with its parameters as asked, not yet checked. */
export interface View {
  readonly name: QuestionName;
  readonly params: Record<string, string | string[]>;
  /** The same for every spelling of the same question. */
  readonly key: string;
}

const patterns = (Object.keys(questions) as QuestionName[]).map((name) => ({
  name,
  pattern: new RegExp(`^${apiRoot}${questions[name].path.replace("{id}", "(?<id>[^/]+)")}$`),
}));

/** Reads the path and query of a GET question, as in `/api/v1/sagas?state=failed`. Throws `BAD_REQUEST`. */
export function readView(pathAndQuery: string): View {
  const cut = pathAndQuery.indexOf("?");
  const path = cut < 0 ? pathAndQuery : pathAndQuery.slice(0, cut);
  const search = new URLSearchParams(cut < 0 ? "" : pathAndQuery.slice(cut + 1));
  for (const { name, pattern } of patterns) {
    const match = pattern.exec(path);
    if (!match) continue;
    const id = match.groups?.id;
    const params = { ...readQuery(search), ...(id === undefined ? {} : { id: decode(id) }) };
    return { name, params, key: `${name} ${canonical(params)}` };
  }
  throw new SagascopeError("BAD_REQUEST", `${path}: no such question under ${apiRoot}.`);
}

function canonical(params: View["params"]): string {
  const pairs = Object.entries(params).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return JSON.stringify(pairs.map((pair) => JSON.stringify(pair)).sort());
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new SagascopeError("BAD_REQUEST", "The path has a malformed %-escape.");
  }
}
