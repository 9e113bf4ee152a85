import { Refusal } from "#services-demo/chassis/parsed.ts";

const timeoutMs = 8000;

/** Refuses with 422 a customer whom the users service does not know; with 503 while it cannot be asked. */
export async function findCustomer(usersUrl: string, customerId: string): Promise<void> {
  let status: number;
  try {
    const url = new URL(`/users/${encodeURIComponent(customerId)}`, usersUrl);
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) });
    status = response.status;
    await response.body?.cancel();
  } catch {
    throw new Refusal(503, "The customer cannot be checked: the users service does not answer; try again");
  }
  if (status === 404) throw new Refusal(422, `Customer not found: ${customerId}`);
  if (status !== 200)
    throw new Refusal(503, `The customer cannot be checked: the users service answered ${status}; try again`);
}
