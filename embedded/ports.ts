import { createServer, type Server } from "node:net";
import { SagascopeError } from "#lib/errors.ts";

/** Everything that needs a port of its own, with its place in the block. */
export const portNames = [
  "kafka",
  "kafka-controller",
  "postgres",
  "clickhouse",
  "collector",
  "ingest",
  "alerts",
  "users",
  "orders",
  "payments",
  "inventory",
  "shipping",
  "orchestrator",
  "gateway",
  "load",
  "web",
] as const;
export type PortName = (typeof portNames)[number];
export type Ports = Readonly<Record<PortName, number>>;

/**
 * Ports come in blocks, below the range from which systems draw ports for outgoing connections (32768 and up).
 * A launcher holds its block by listening on its first port, so no two launchers ever draw the same one.
 */
const blockSize = 32;
const firstBlock = 15_008;
const blockCount = Math.floor((32_000 - firstBlock) / blockSize);

export interface PortBlock {
  readonly ports: Ports;
  /** First port of the block, to be remembered. */
  readonly base: number;
  release(): void;
}

/** The ports of a block, without those that are set. */
export function portsOfBlock(base: number, fixed: Partial<Ports>): Ports {
  const entries = portNames.map((name, index) => [name, fixed[name] ?? base + 1 + index] as const);
  return Object.fromEntries(entries) as Record<PortName, number>;
}

/** Blocks to try: the remembered one first, then all others from a random one on. `random` is in [0, 1). */
export function* candidateBlocks(remembered: number | undefined, random: number): Generator<number> {
  if (remembered !== undefined) yield remembered;
  const start = Math.floor(random * blockCount);
  for (let index = 0; index < blockCount; index++) yield firstBlock + ((start + index) % blockCount) * blockSize;
}

/** Takes a block in which every port is free. `fixed` ports are not checked here: their parts say when they are taken. */
export async function takePorts(remembered: number | undefined, fixed: Partial<Ports>): Promise<PortBlock> {
  for (const base of candidateBlocks(remembered, Math.random())) {
    const held = await listen(base);
    if (!held) continue;
    const ports = portsOfBlock(base, fixed);
    const own = portNames.filter((name) => fixed[name] === undefined).map((name) => ports[name]);
    if ((await Promise.all(own.map(isFree))).every(Boolean)) {
      held.unref();
      return { ports, base, release: () => held.close() };
    }
    held.close();
  }
  throw new SagascopeError("BAD_SETTING", "No block of free ports between 15008 and 32000 on 127.0.0.1.");
}

/** Whether a port of 127.0.0.1 can be listened on now. */
export async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (!server) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}

function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy());
    server.once("error", () => resolve(undefined)).listen(port, "127.0.0.1", () => resolve(server));
  });
}
