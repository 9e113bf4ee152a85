// Exits 0 when this container's own part answers 2xx on the path given.
const [path = "/readyz"] = process.argv.slice(2);
const answer = await fetch(`http://127.0.0.1:${process.env.PORT ?? 8080}${path}`).catch((error) => error);
if (!answer.ok) {
  console.error(answer instanceof Error ? answer.message : `${answer.status} ${await answer.text()}`);
  process.exit(1);
}
