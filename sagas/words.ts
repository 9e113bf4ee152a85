/** How a verb is bent: "scheduling the shipment failed", "shipment scheduled". */
export interface Verb {
  readonly gerund: string;
  readonly participle: string;
}

const irregular: Record<string, Verb> = {
  begin: { gerund: "beginning", participle: "begun" },
  build: { gerund: "building", participle: "built" },
  buy: { gerund: "buying", participle: "bought" },
  get: { gerund: "getting", participle: "got" },
  give: { gerund: "giving", participle: "given" },
  hold: { gerund: "holding", participle: "held" },
  make: { gerund: "making", participle: "made" },
  pay: { gerund: "paying", participle: "paid" },
  pick: { gerund: "picking", participle: "picked" },
  put: { gerund: "putting", participle: "put" },
  run: { gerund: "running", participle: "run" },
  sell: { gerund: "selling", participle: "sold" },
  send: { gerund: "sending", participle: "sent" },
  set: { gerund: "setting", participle: "set" },
  submit: { gerund: "submitting", participle: "submitted" },
  take: { gerund: "taking", participle: "taken" },
  undo: { gerund: "undoing", participle: "undone" },
  withdraw: { gerund: "withdrawing", participle: "withdrawn" },
  write: { gerund: "writing", participle: "written" },
};

const doubled = ["cancel", "debit", "plan", "ship", "stop", "commit", "drop", "log", "scan", "swap"];

const regular = new Set(
  `accept activate add adjust allocate apply approve archive arrange assign authorise authorize block book bill call
  capture charge check claim clear close collect complete confirm convert copy create credit deactivate deduct delete
  deliver deploy disable dispatch download emit enable enrich evict execute expire export fetch file finalise finalize
  fulfil fulfill generate grant import increment index initiate insert invoice issue launch link load lock mark match
  move notify offer open order pack persist place post prepare print process propose provision publish purchase queue
  rebook receive record refund register reject release remove rename renew rent replace request reserve reset resolve
  restock restore return reverse revert review revoke rollback save schedule score screen sign start store subscribe
  suspend sync terminate transfer trigger unblock unlock unreserve unsubscribe update upload validate verify void
  waive`.split(/\s+/),
);

/** The forms of an English verb that names of steps begin with, or undefined where the word is not known as one. */
export function verbOf(word: string): Verb | undefined {
  if (Object.hasOwn(irregular, word)) return irregular[word];
  if (doubled.includes(word)) return { gerund: `${word}${word.at(-1)}ing`, participle: `${word}${word.at(-1)}ed` };
  if (!regular.has(word)) return undefined;
  if (word === "reset") return { gerund: "resetting", participle: "reset" };
  if (word === "rollback") return { gerund: "rolling back", participle: "rolled back" };
  if (word.endsWith("e")) return { gerund: `${word.slice(0, -1)}ing`, participle: `${word}d` };
  if (/[^aeiou]y$/.test(word)) return { gerund: `${word}ing`, participle: `${word.slice(0, -1)}ied` };
  if (word === "fulfil") return { gerund: "fulfilling", participle: "fulfilled" };
  return { gerund: `${word}ing`, participle: `${word}ed` };
}

/** A step's name taken apart: `charge-payment`, `chargePayment` and `charge_payment` charge a payment. */
export interface StepName {
  readonly name: string;
  readonly verb: Verb | undefined;
  /** The verb as it stands in the name. */
  readonly action: string;
  /** What the verb is done to; empty where the name has but one word. */
  readonly object: string;
}

export function readStepName(name: string): StepName {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[\s._:/-]+/)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
  const [action = "", ...rest] = words;
  return { name, action, verb: verbOf(action), object: rest.join(" ") };
}

const money = /\b(payments?|charges?|money|amounts?|cards?|funds|balance|wallet|deposit|fees?|price)\b/;

/** Whether a step deals in money, so that the saga's amount says more than the object's name. */
export function isMoney({ object, action }: StepName): boolean {
  return money.test(object) || (object === "" && /^(pay|charge|refund|bill|debit|credit)$/.test(action));
}

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
