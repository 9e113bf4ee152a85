import { createHash, randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "#embedded/run-tool.ts";

const pom = join(import.meta.dirname, "pom.xml");

/**
 * The folder of the jars that `pom.xml` names, fetched by Maven when no run has done so before.
 * It is complete or absent: two runs at once fetch twice and one of the two is kept.
 */
export async function fetchKafkaJars(
  { cache, logFile }: { cache: string; logFile: string },
  signal: AbortSignal,
): Promise<{ folder: string; fetched: boolean }> {
  const version = createHash("sha256")
    .update(await readFile(pom))
    .digest("hex")
    .slice(0, 12);
  const folder = join(cache, `kafka-${version}`);
  if (existsSync(folder)) return { folder, fetched: false };
  const draft = join(cache, `draft-${randomUUID()}`);
  await mkdir(cache, { recursive: true });
  try {
    const goal = ["dependency:copy-dependencies", "-DincludeScope=runtime", `-DoutputDirectory=${draft}`];
    const failure = "Maven could not fetch Kafka's jars; see whether it reaches its repository";
    await runTool({ command: ["mvn", "-q", "-B", "-f", pom, ...goal], logFile, failure }, signal);
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return { folder, fetched: true };
}
