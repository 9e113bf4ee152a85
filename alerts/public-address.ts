import { lookup as dnsLookup, type LookupAddress, type LookupOptions } from "node:dns";
import { BlockList, isIP } from "node:net";

/** Addresses that are nobody's on the internet, or lead to such by translation. */
const closed: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
  ["::", 96],
  ["::ffff:0:0:0", 96],
  ["64:ff9b::", 96],
  ["64:ff9b:1::", 48],
  ["100::", 64],
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
  ["5f00::", 16],
  ["fc00::", 7],
  ["fe80::", 10],
  ["fec0::", 10],
  ["ff00::", 8],
];

const blocked = new BlockList();
for (const [net, prefix] of closed) blocked.addSubnet(net, prefix, isIP(net) === 6 ? "ipv6" : "ipv4");

/** Whether an IP address is one on the public internet; an IPv4 address inside an IPv6 one counts as itself. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && !blocked.check(address, family === 6 ? "ipv6" : "ipv4");
}

/** Thrown of a host without a public address. */
export class PrivateAddressError extends Error {
  constructor(host: string, address: string) {
    const where = host === address ? address : `${host}, which is ${address},`;
    super(`${where} is no public address. Set WEBHOOK_ALLOW_PRIVATE=true to call it all the same.`);
    this.name = "PrivateAddressError";
  }
}

type Answer = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

/**
 * For `http.request`: looks a host up and gives its public addresses only. The connection goes to what this gave, so
 * no second look-up can lead it elsewhere. Fails with `PrivateAddressError` where there is none.
 */
export function lookupPublic(host: string, options: LookupOptions, answer: Answer): void {
  dnsLookup(host, { ...options, all: true }, (error, found) => {
    if (error) return answer(error, []);
    const open = found.filter(({ address }) => isPublicAddress(address));
    const [first] = open;
    if (!first) return answer(new PrivateAddressError(host, found[0]?.address ?? ""), []);
    if (options.all) return answer(null, open);
    answer(null, first.address, first.family);
  });
}
