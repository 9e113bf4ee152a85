import { decodeProtobuf } from "./codec.ts";
import { decodeJson, type Fields, type OtlpEncoding, type Signal } from "./json.ts";
import { listNames, objects } from "./walk.ts";

/** An export request. Throws where it is none: there may be nothing in it, but not only what is unknown. */
export function decodeRequest(signal: Signal, encoding: OtlpEncoding, bytes: Uint8Array): Fields {
  const [groups] = listNames[signal];
  const isJson = encoding === "json";
  const request = isJson ? decodeJson(bytes) : decodeProtobuf(signal, bytes);
  const isEmpty = isJson ? Object.keys(request).length === 0 : bytes.byteLength === 0;
  // Protobuf's decoder gives an empty list for what is not there.
  const isKnown = isJson ? Object.hasOwn(request, groups) : objects(request, groups).length > 0;
  if (!isEmpty && !isKnown) throw new TypeError(`nothing in it is known, for it has no ${groups}`);
  return request;
}
