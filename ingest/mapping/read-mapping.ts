import { readFile } from "node:fs/promises";
import { Mapping } from "#contracts/mapping/mapping.ts";
import { SagascopeError } from "#lib/errors.ts";
import { parseYaml } from "#lib/yaml.ts";

/** The mapping that `file` holds; an empty one without a file. Throws `BAD_SETTING`, with the line of what is wrong. */
export async function readMapping(file: string | undefined): Promise<Mapping> {
  if (file === undefined) return Mapping.parse({});
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    throw new SagascopeError("BAD_SETTING", `SAGASCOPE_MAPPING names ${file}, which cannot be read`, { cause });
  });
  return parseYaml(Mapping, text, file);
}
