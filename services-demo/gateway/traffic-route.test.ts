import assert from "node:assert/strict";
import { test } from "node:test";
import { trafficRoute } from "./traffic-route.ts";

for (const { path, known, route } of [
  { path: "/orders", known: true, route: "/orders/orders" },
  { path: "/orders/01a209fe-c99d-778a-aecc-6a2d3750b85b", known: true, route: "/orders/orders/:id" },
  { path: "/orders/7/items", known: true, route: "/orders/orders/:id/items" },
  { path: "/", known: true, route: "/orders" },
  { path: "/wp-admin/setup.php", known: false, route: "/orders/*" },
  { path: "/a/b/c/d/e", known: true, route: "/orders/*" },
  { path: "/%00", known: true, route: "/orders/:id" },
]) {
  test(`${path} (${known ? "known" : "unknown"}) counts as ${route}`, () =>
    assert.equal(trafficRoute("orders", path, { known }), route));
}
