import { z } from "zod";

/** A timestamptz → ISO 8601 UTC with milliseconds. */
export const Moment = z.date().transform((date) => date.toISOString());
export const MaybeMoment = Moment.nullable();
