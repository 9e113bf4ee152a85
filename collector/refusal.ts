/** Why a request was not taken. The exporter repeats it on 503 only. */
export class Refusal extends Error {
  readonly status: RefusalStatus;

  constructor(status: RefusalStatus, message: string) {
    super(message);
    this.status = status;
  }
}

/** Each HTTP status with the canonical gRPC code that OTLP puts into the body. */
export const grpcCodeOf = {
  400: 3,
  404: 5,
  405: 12,
  413: 8,
  415: 3,
  500: 13,
  503: 14,
} as const;
export type RefusalStatus = keyof typeof grpcCodeOf;
