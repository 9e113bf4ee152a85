import type { z } from "zod";
import type { commands } from "./commands.ts";
import type { QuestionName, questions } from "./questions.ts";

type Command = (typeof commands)[number];
type Readable = (typeof questions)[QuestionName] | Extract<Command, { method: "GET" }>;
type IdIn<Path> = Path extends `${string}{id}${string}` ? { readonly id: string } : object;

/** What a GET answers, by its path: `/sagas/{id}`. */
export type ReadPath = Readable["path"];
export type AnswerAt<Path extends ReadPath> = {
  [One in Readable as One["path"]]: z.output<One["answer"]>;
}[Path];
export type ParamsAt<Path extends ReadPath> = {
  [One in Readable as One["path"]]: One extends { params: infer Params extends z.ZodType }
    ? z.input<Params>
    : IdIn<One["path"]>;
}[Path];

/** What changes something, by its method and path. */
export type ChangeMethod = Exclude<Command["method"], "GET">;
export type ChangePath<Method extends ChangeMethod> = Extract<Command, { method: Method }>["path"];
type Change<Method, Path> = Extract<Command, { method: Method; path: Path }>;
export type ChangeAnswer<Method, Path> =
  Change<Method, Path> extends { answer: infer Answer extends z.ZodType } ? z.output<Answer> : undefined;
export type ChangeGiven<Method, Path> = IdIn<Path> &
  (Change<Method, Path> extends { body: infer Body extends z.ZodType } ? { readonly body: z.input<Body> } : object);

declare const asks: unique symbol;
/** The path and query of a question, as text that knows what answers it: `/api/v1/sagas?state=failed`. */
export type Address<Path extends ReadPath> = string & { readonly [asks]: Path };

/** Where to ask this. It holds no schema, for the browser's sake: TypeScript checks the parameters. */
export function addressOf<Path extends ReadPath>(path: Path, params: ParamsAt<Path>): Address<Path> {
  return further(`/api/v1${path}` as Address<Path>, params);
}

/** The same question with more parameters: the cursor of its next page. */
export function further<Path extends ReadPath>(address: Address<Path>, params: Partial<ParamsAt<Path>>): Address<Path> {
  let [path = "", query] = address.split("?");
  const search = new URLSearchParams(query);
  for (const [name, value] of Object.entries(params)) {
    if (path.includes(`{${name}}`)) path = path.replace(`{${name}}`, () => encodeURIComponent(String(value)));
    else for (const one of [value].flat()) if (one !== undefined) search.append(name, String(one));
  }
  return (search.size === 0 ? path : `${path}?${search}`) as Address<Path>;
}
