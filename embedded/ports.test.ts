import assert from "node:assert/strict";
import { createServer } from "node:net";
import { test } from "node:test";
import { candidateBlocks, portNames, portsOfBlock, takePorts } from "./ports.ts";

test("a block gives each name a port of its own, above the one that holds the block", () => {
  const ports = Object.values(portsOfBlock(20_000, {}));
  assert.equal(new Set(ports).size, portNames.length);
  assert.ok(ports.every((port) => port > 20_000 && port < 20_032));
});

test("a set port is taken as it is", () => assert.equal(portsOfBlock(20_000, { gateway: 8080 }).gateway, 8080));

test("the remembered block is tried first, then every other one once", () => {
  const [first, ...rest] = candidateBlocks(20_000, 0.5);
  assert.equal(first, 20_000);
  assert.equal(new Set(rest).size, rest.length);
  assert.ok(rest.every((base) => base >= 15_008 && base + 31 < 32_768));
});

test("a block is remembered while it is free, and left to who holds it", async () => {
  const first = await takePorts(undefined, {});
  const second = await takePorts(first.base, {});
  assert.notEqual(second.base, first.base);
  first.release();
  second.release();
  const again = await takePorts(first.base, {});
  assert.deepEqual(again.ports, first.ports);
  again.release();
});

test("a block in which one port is taken is passed over", async () => {
  const free = await takePorts(undefined, {});
  free.release();
  const squatter = createServer();
  await new Promise<void>((resolve) => squatter.listen(free.ports.ingest, "127.0.0.1", resolve));
  const other = await takePorts(free.base, {});
  assert.notEqual(other.base, free.base);
  other.release();
  squatter.close();
});
