import { writeFile } from "node:fs/promises";
import { sagaEventJsonSchema } from "./saga-event-json-schema.ts";

// `npm run schema`, after a change of the saga event.
const text = `${JSON.stringify(sagaEventJsonSchema(), null, 2)}\n`;
await writeFile(`${import.meta.dirname}/saga-event.schema.json`, text);
