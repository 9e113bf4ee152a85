import type { AddressInfo } from "node:net";
import { messageOf } from "#lib/errors.ts";
import { describeCall } from "./sink/describe-call.ts";
import { fetchSecret } from "./sink/fetch-secret.ts";
import { readSinkSettings } from "./sink/settings.ts";
import { createSink } from "./sink/sink.ts";

try {
  const settings = readSinkSettings();
  let known = settings.WEBHOOK_SECRET;
  const secret = async (again: boolean) => {
    if (known === undefined || (again && settings.WEBHOOK_SECRET === undefined)) {
      known = await fetchSecret(settings.SAGASCOPE_DATA);
    }
    return known;
  };
  await secret(false);
  const sink = createSink({ secret, heard: (call) => console.log(describeCall(call, new Date())) });
  await new Promise<void>((resolve, reject) =>
    sink.once("error", reject).listen(settings.PORT, settings.HOST, resolve),
  );
  const { port } = sink.address() as AddressInfo;
  console.log(`Give a rule this address: http://${settings.HOST}:${port}/`);
  const stop = () => {
    sink.close(() => process.exit(0));
    sink.closeAllConnections();
  };
  process.once("SIGTERM", stop).once("SIGINT", stop);
} catch (error) {
  console.error(`webhook-sink cannot start: ${messageOf(error)}`);
  process.exitCode = 1;
}
