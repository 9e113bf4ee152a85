import { answerRoute } from "#app/server/answer-route.ts";

export const GET = answerRoute;
