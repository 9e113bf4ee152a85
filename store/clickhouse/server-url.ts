/** A store's URL without its database, and the database's name. */
export function splitDatabase(url: string): { server: string; database: string } {
  const server = new URL(url);
  const database = decodeURIComponent(server.pathname.slice(1)) || "default";
  server.pathname = "";
  return { server: server.href, database };
}
