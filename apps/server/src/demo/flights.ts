import { findPackageJSON } from "node:module";
import { dirname, join } from "node:path";

/** What the demo needs from outside its program: where its data is and where its output goes. */
export interface FlightsDemoPaths {
  /** 3,000,000 US flights of 2001 (vega-datasets). */
  readonly flights: string;
  /** 3,376 US airports (vega-datasets). */
  readonly airports: string;
  /** File that the delays_by_airport view is written to. */
  readonly output: string;
}

export const flightsPipelineName = "flights";
/** Rows in the flights file: what the progress line counts to. */
export const flightsRecords = 3_000_000;

export function flightsPaths(outputFolder: string): FlightsDemoPaths {
  const manifest = findPackageJSON("vega-datasets", import.meta.url);
  if (manifest === undefined) throw new Error("The demo's data, the npm package vega-datasets, is not installed: run npm ci.");
  const data = join(dirname(manifest), "data");
  return {
    flights: join(data, "flights-3m.parquet"),
    airports: join(data, "airports.csv"),
    output: join(outputFolder, "delays_by_airport.jsonl"),
  };
}

/** A value for `WITH ('connectors' = …)`: JSON in a SQL string. */
const connectors = (list: readonly object[]): string => `'${JSON.stringify(list, null, 2).replaceAll("'", "''")}'`;

/**
 * The demo's program: flights joined with airports, three views, one of them written to a file as a snapshot that then follows.
 * The second input of `flights` is paused until the user starts it.
 */
export function flightsProgram(paths: FlightsDemoPaths): string {
  const airports = ["ATL", "ORD", "DFW", "LAX", "PHX", "DEN", "LAS", "SFO", "SEA", "BOS", "MCO", "EWR"];
  return `-- US flights of 2001, their delays and routes.
CREATE TABLE airports (
  iata VARCHAR NOT NULL PRIMARY KEY,
  name VARCHAR,
  city VARCHAR,
  state VARCHAR,
  country VARCHAR,
  latitude DOUBLE,
  longitude DOUBLE
) WITH ('connectors' = ${connectors([
    {
      name: "csv",
      transport: { name: "file_input", config: { path: paths.airports } },
      format: { name: "csv", config: { headers: true } },
    },
  ])});

CREATE TABLE flights (
  date TIMESTAMP,
  delay INTEGER,
  distance INTEGER,
  origin VARCHAR,
  destination VARCHAR
) WITH ('materialized' = 'true', 'connectors' = ${connectors([
    { name: "history", transport: { name: "file_input", config: { path: paths.flights } }, format: { name: "parquet" } },
    {
      name: "more",
      paused: true,
      transport: {
        name: "datagen",
        config: {
          seed: 2001,
          plan: [
            {
              rate: 5000,
              limit: 300_000,
              fields: {
                date: { strategy: "uniform", range: ["2001-10-01T00:00:00Z", "2002-01-01T00:00:00Z"] },
                delay: { strategy: "uniform", range: [-20, 120] },
                distance: { strategy: "uniform", range: [100, 2800] },
                origin: { strategy: "uniform", values: airports },
                destination: { strategy: "uniform", values: [...airports].reverse() },
              },
            },
          ],
        },
      },
    },
  ])});

-- Flights and delays by airport of departure, with the airport's name.
CREATE MATERIALIZED VIEW delays_by_airport WITH ('connectors' = ${connectors([
    { name: "file", send_snapshot: true, transport: { name: "file_output", config: { path: paths.output } }, format: { name: "json" } },
  ])}) AS
SELECT a.iata, a.name, a.city, a.state, count(*) AS flights, avg(f.delay) AS mean_delay, max(f.delay) AS max_delay
FROM flights f JOIN airports a ON f.origin = a.iata
GROUP BY a.iata, a.name, a.city, a.state;

-- The ten routes with the worst mean delay, of those with at least 500 flights.
CREATE MATERIALIZED VIEW worst_routes AS
SELECT origin, destination, count(*) AS flights, avg(delay) AS mean_delay
FROM flights
GROUP BY origin, destination
HAVING count(*) >= 500
ORDER BY mean_delay DESC, origin, destination
LIMIT 10;

-- Flights and mean delay per day.
CREATE MATERIALIZED VIEW flights_per_day AS
SELECT CAST(date AS DATE) AS day, count(*) AS flights, avg(delay) AS mean_delay
FROM flights
GROUP BY CAST(date AS DATE);
`;
}
