import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { parsed } from "#services-demo/chassis/parsed.ts";
import type { ServicePorts } from "#services-demo/chassis/service.ts";

const CustomerId = z.object({ customerId: Text.min(1).max(100) });
const NewCustomer = CustomerId.extend({ name: Text.min(1).max(200), country: z.string().regex(/^[A-Z]{2}$/) });
type Customer = z.infer<typeof NewCustomer>;

const columns = `customer_id AS "customerId", name, country`;

/** Customers: `GET /users`, `GET /users/:customerId`, `POST /users`. */
export function routes(app: FastifyInstance, { database }: ServicePorts): void {
  app.get("/users", async () => ({
    customers: await database.query<Customer>(
      "SELECT customers",
      `SELECT ${columns} FROM customers ORDER BY created_at DESC, customer_id LIMIT 100`,
    ),
  }));

  app.get("/users/:customerId", async (request, reply) => {
    const { customerId } = parsed(CustomerId, request.params);
    const [customer] = await database.query<Customer>(
      "SELECT customers",
      `SELECT ${columns} FROM customers WHERE customer_id = $1`,
      [customerId],
    );
    return customer ?? reply.code(404).send({ error: `Customer not found: ${customerId}` });
  });

  app.post("/users", async (request, reply) => {
    const { customerId, name, country } = parsed(NewCustomer, request.body);
    const made = await database.query<Customer>(
      "INSERT customers",
      `INSERT INTO customers (customer_id, name, country) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING ${columns}`,
      [customerId, name, country],
    );
    return made[0]
      ? reply.code(201).send(made[0])
      : reply.code(409).send({ error: `Customer ${customerId} exists already` });
  });
}
