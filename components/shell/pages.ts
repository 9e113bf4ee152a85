/** The pages of the bar, each with the letter that follows `g` on the way to it. */
export const pages = [
  { name: "Overview", path: "/", key: "o" },
  { name: "Sagas", path: "/sagas", key: "s" },
  { name: "Latency", path: "/latency", key: "l" },
  { name: "Gateway", path: "/gateway", key: "g" },
  { name: "Alerts", path: "/alerts", key: "a" },
  { name: "Pipeline", path: "/pipeline", key: "p" },
] as const;
