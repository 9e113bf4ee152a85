import assert from "node:assert/strict";
import type { LookupAddress } from "node:dns";
import { test } from "node:test";
import { isPublicAddress, lookupPublic } from "./public-address.ts";

for (const address of ["8.8.8.8", "172.15.255.255", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"])
  test(`${address} is public`, () => assert.ok(isPublicAddress(address)));

for (const address of [
  "127.0.0.1",
  "127.255.255.254",
  "0.0.0.0",
  "10.1.2.3",
  "100.64.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "192.168.1.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:a9fe:a9fe",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "ff02::1",
  "localhost",
  "",
])
  test(`${address || "nothing"} is not public`, () => assert.ok(!isPublicAddress(address)));

const look = (host: string, all: boolean) =>
  new Promise<string | LookupAddress[]>((resolve, reject) =>
    lookupPublic(host, { all }, (error, address) => (error ? reject(error) : resolve(address))),
  );

test("a host is judged by what it resolves to", async () => {
  await assert.rejects(look("localhost", true), /localhost, which is .* is no public address/);
  await assert.rejects(look("localhost", false), /WEBHOOK_ALLOW_PRIVATE=true/);
});

test("of a public address the look-up gives what Node asks for", async () => {
  assert.deepEqual(await look("8.8.8.8", true), [{ address: "8.8.8.8", family: 4 }]);
  assert.equal(await look("8.8.8.8", false), "8.8.8.8");
});
