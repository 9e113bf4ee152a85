import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runTool } from "#embedded/run-tool.ts";
import { serverProperties } from "./server-properties.ts";

export interface KafkaFolder {
  /** Folder of Kafka's jars. */
  readonly jars: string;
  /** Folder of everything that Kafka writes. */
  readonly home: string;
  /** What the formatting says goes here. */
  readonly logFile: string;
  readonly port: number;
  readonly controllerPort: number;
}

/** Writes the node's configuration and, the first time, formats its log folder. */
export async function prepareKafka(
  { jars, home, logFile, port, controllerPort }: KafkaFolder,
  signal: AbortSignal,
): Promise<void> {
  const logs = join(home, "logs");
  await mkdir(logs, { recursive: true });
  const properties = join(home, "server.properties");
  await writeFile(properties, serverProperties({ logs, port, controllerPort }));
  if (existsSync(join(logs, "meta.properties"))) return;
  // Its first letter is never "-", which the tool would take for the name of an option.
  const clusterId = `K${randomBytes(16).toString("base64url").slice(1)}`;
  const java = [...javaArguments({ jars, heapMb: 128 }), "kafka.tools.StorageTool"];
  const command = ["java", ...java, "format", "-t", clusterId, "-c", properties];
  await runTool({ command, logFile, failure: `Kafka could not format ${logs}` }, signal);
}

/** Arguments of `java` that run the broker in a prepared folder. */
export function brokerArguments({ jars, home, heapMb }: { jars: string; home: string; heapMb: number }): string[] {
  return [...javaArguments({ jars, heapMb }), "kafka.Kafka", join(home, "server.properties")];
}

function javaArguments({ jars, heapMb }: { jars: string; heapMb: number }): string[] {
  return [
    `-Xmx${heapMb}m`,
    "-Xms64m",
    "-XX:+UseSerialGC",
    "-Djava.awt.headless=true",
    `-Dlog4j2.configurationFile=${join(import.meta.dirname, "log4j2.yaml")}`,
    "-cp",
    join(jars, "*"),
  ];
}
