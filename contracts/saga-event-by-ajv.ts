import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

/** The JSON Schema as it is handed out. */
export const schemaFile: unknown = JSON.parse(readFileSync(`${import.meta.dirname}/saga-event.schema.json`, "utf8"));

const validate = new Ajv2020({ strict: true, allErrors: true }).compile(schemaFile as object);

/** For tests: what another checker says of an event by the JSON Schema that is handed out. */
export const ajvSaysValid = (event: unknown): boolean => validate(event);
