import assert from "node:assert/strict";
import { test } from "node:test";
import { isInstalled, javaVersion, missingPrerequisites } from "./prerequisites.mjs";

const machine: Record<string, string> = {
  npm: "10.8.2",
  java: 'openjdk version "17.0.15" 2025-04-15',
  mvn: "Apache Maven 3.8",
};
const machineOf = (nodeVersion: string, programs: Record<string, string>, env: Record<string, string>) => ({
  nodeVersion,
  has: (program: string) => program in programs,
  askJava: () => programs.java,
  env,
});

for (const { name, node = "20.11.0", programs = machine, env = {}, begins } of [
  { name: "nothing is missing", begins: [] },
  { name: "an old Node", node: "18.20.1", begins: ["Node 20 or later is needed, this is 18.20.1"] },
  { name: "an old Java", programs: { ...machine, java: 'java version "1.8.0_412"' }, begins: ["Java 17 or later"] },
  { name: "all at once", node: "16.0.0", programs: {}, begins: ["Node 20", "npm is", "Java 17", "Maven (mvn) is"] },
  { name: "no Java, and Kafka elsewhere", programs: { npm: "10" }, env: { KAFKA_BROKERS: "a:9092" }, begins: [] },
])
  test(name, () => {
    const lines = missingPrerequisites(
      machineOf(node, programs as Record<string, string>, env as Record<string, string>),
    );
    assert.equal(lines.length, begins.length, lines.join("\n"));
    begins.forEach((begin, index) => {
      assert.ok(lines[index]?.startsWith(begin), lines[index]);
      assert.match(lines[index] ?? "", /install|https:/, "it says how to get it");
    });
  });

for (const { said, version } of [
  { said: 'openjdk version "17.0.15" 2025-04-15', version: 17 },
  { said: 'openjdk version "21" 2023-09-19', version: 21 },
  { said: 'java version "1.8.0_412"', version: 8 },
  { said: "The operation couldn't be completed. Unable to locate a Java Runtime.", version: undefined },
])
  test(`reads ${version} out of ${said}`, () => assert.equal(javaVersion(said), version));

const locked = { version: "1.0.0", integrity: "sha512-a" };
for (const { name, present, fresh } of [
  { name: "the same packages", present: { "node_modules/a": locked, "node_modules/b": locked }, fresh: true },
  { name: "an optional package for another system is absent", present: { "node_modules/a": locked }, fresh: true },
  { name: "a package is absent", present: { "node_modules/b": locked }, fresh: false },
  { name: "another version", present: { "node_modules/a": { ...locked, version: "1.0.1" } }, fresh: false },
  { name: "another content", present: { "node_modules/a": { ...locked, integrity: "sha512-b" } }, fresh: false },
])
  test(`${name}: ${fresh ? "nothing to install" : "stale"}`, () => {
    const wanted = {
      "": { version: "0.1.0" },
      "node_modules/a": locked,
      "node_modules/b": { ...locked, optional: true },
    };
    assert.equal(isInstalled({ packages: wanted }, { packages: present as Record<string, typeof locked> }), fresh);
  });
