import { commands } from "#contracts/api/commands.ts";
import { apiRoot, questions } from "#contracts/api/questions.ts";

const routes: readonly { readonly method: string; readonly path: string }[] = [
  ...Object.values(questions).map(({ path }) => ({ method: "GET", path })),
  ...commands,
  { method: "GET", path: "/stream" },
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
    };
  });

/** The methods that a path of the API takes; undefined where the API has no such path. */
export function allowedMethods(path: string): readonly string[] | undefined {
  return resources.find(({ pattern }) => pattern.test(path))?.methods;
}
