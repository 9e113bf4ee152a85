import type { Work } from "#services-demo/chassis/participant.ts";
import { fractionOf } from "#services-demo/domain/fault.ts";

const carriers = ["Northline", "Parcelwing", "Quayside Freight"];

/** The pivot: once a carrier has the order, it goes through. A carrier that does not answer is asked three times. */
export const scheduleShipment: Work = {
  name: "schedule-shipment",
  activity: "carrier.book",
  takesMs: [60, 260],
  maxAttempts: 3,
  perform: async (transaction, { orderId }) => {
    const fraction = fractionOf(orderId);
    const carrier = carriers[Math.floor(fraction * carriers.length)];
    await transaction.query(
      "INSERT shipments",
      "INSERT INTO shipments (order_id, carrier, tracking_code) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
      [orderId, carrier, `TRK-${orderId}`],
    );
    return undefined;
  },
};
