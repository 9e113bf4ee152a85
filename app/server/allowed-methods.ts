import { commands } from "#contracts/api/commands.ts";
import { apiRoot, questions } from "#contracts/api/questions.ts";

interface Route {
  readonly method: string;
  readonly path: string;
  /** It knows some parameters of a query; others take none. */
  readonly readsQuery?: boolean;
}

const routes: readonly Route[] = [
  ...Object.values(questions).map(({ path }) => ({ method: "GET", path, readsQuery: true })),
  ...commands,
  { method: "GET", path: "/stream", readsQuery: true },
  { method: "GET", path: "/openapi.json" },
];

/** By path; the paths with an id come last, as one of them looks like `/sagas/differences` too. */
const resources = [...Map.groupBy(routes, ({ path }) => path)]
  .toSorted(([a], [b]) => Number(a.includes("{")) - Number(b.includes("{")))
  .map(([path, own]) => {
    const methods = own.map(({ method }) => method);
    return {
      pattern: new RegExp(`^${apiRoot}${path.replaceAll(".", "\\.").replace("{id}", "[^/]+")}$`),
      methods: [...methods, ...(methods.includes("GET") ? ["HEAD"] : []), "OPTIONS"].sort(),
      readsQuery: own.some((route) => route.readsQuery),
    };
  });

/** The methods that a path of the API takes; undefined where the API has no such path. */
export function allowedMethods(path: string): readonly string[] | undefined {
  return resourceOf(path)?.methods;
}

/** Whether what answers at a path knows any parameters of a query. */
export function readsQuery(path: string): boolean {
  return resourceOf(path)?.readsQuery ?? false;
}

const resourceOf = (path: string) => resources.find(({ pattern }) => pattern.test(path));
