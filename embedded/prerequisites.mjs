// Plain JavaScript, since it runs before anything is installed.

const nodeAtLeast = 20;
const javaAtLeast = 17;

/**
 * One line for each thing that the machine lacks, with how to get it.
 * @param {object} machine
 * @param {string} machine.nodeVersion such as `20.11.0`
 * @param {(program: string) => boolean} machine.has whether a program is on the PATH
 * @param {() => string | undefined} machine.askJava what `java -version` prints
 * @param {Record<string, string | undefined>} machine.env
 * @returns {string[]}
 */
export function missingPrerequisites({ nodeVersion, has, askJava, env }) {
  const lines = [];
  if (Number.parseInt(nodeVersion, 10) < nodeAtLeast) {
    lines.push(
      `Node ${nodeAtLeast} or later is needed, this is ${nodeVersion}: get it at https://nodejs.org/en/download`,
    );
  }
  if (!has("npm")) {
    lines.push("npm is needed: it comes with Node, get it at https://nodejs.org/en/download");
  }
  // Without these two, Kafka can only be somebody else's.
  if (env.KAFKA_BROKERS) return lines;
  const java = has("java") ? javaVersion(askJava()) : undefined;
  if (java === undefined || java < javaAtLeast) {
    const found = java === undefined ? "none is found" : `this is ${java}`;
    lines.push(
      `Java ${javaAtLeast} or later is needed for Kafka, ${found}: apt-get install openjdk-17-jre-headless, brew install openjdk, or https://adoptium.net`,
    );
  }
  if (!has("mvn")) {
    lines.push(
      "Maven (mvn) is needed to fetch Kafka: apt-get install maven, brew install maven, or https://maven.apache.org/install.html",
    );
  }
  return lines;
}

/**
 * The major version out of what `java -version` prints: 8 for "1.8.0_412", 17 for "17.0.15".
 * @param {string | undefined} said
 */
export function javaVersion(said) {
  const [, first, second] = /version "(\d+)(?:\.(\d+))?/.exec(said ?? "") ?? [];
  if (first === undefined) return undefined;
  return Number(first === "1" ? second : first);
}

/**
 * Whether npm's own record of what it installed holds every package of the lock file, in its version. Packages for
 * other systems may be absent. npm writes the record last, so an interrupted install has none.
 * @param {{ packages: Record<string, LockedPackage> }} wanted package-lock.json
 * @param {{ packages: Record<string, LockedPackage> }} present node_modules/.package-lock.json
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} LockedPackage
 */
export function isInstalled(wanted, present) {
  return Object.entries(wanted.packages).every(([path, { version, integrity, optional }]) => {
    if (path === "") return true;
    const found = present.packages[path];
    return found ? found.version === version && found.integrity === integrity : optional === true;
  });
}
