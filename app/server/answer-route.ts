import { askQuestion } from "./ask.ts";
import { problemResponse } from "./problem.ts";
import { readView } from "./view.ts";

/** The GET handler of every question: which one, and with what parameters, the path and query say. */
export async function answerRoute(request: Request): Promise<Response> {
  try {
    const { pathname, search } = new URL(request.url);
    const { name, params } = readView(pathname + search);
    return Response.json(await askQuestion(name, params), { headers: { "cache-control": "no-store" } });
  } catch (error) {
    return problemResponse(error);
  }
}
