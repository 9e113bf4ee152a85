/** The URLs of a list by comma. */
export function splitNodes(url: string): string[] {
  return url.split(",").map((one) => one.trim());
}

/** A store's URL without its database, and the database's name. Of several nodes, all have the same one. */
export function splitDatabase(url: string): { server: string; database: string } {
  const nodes = splitNodes(url).map((one) => new URL(one));
  const database = decodeURIComponent(nodes[0]?.pathname.slice(1) ?? "") || "default";
  const server = nodes.map((node) => {
    node.pathname = "";
    return node.href;
  });
  return { server: server.join(","), database };
}
