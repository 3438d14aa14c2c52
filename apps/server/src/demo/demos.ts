import type { Schemas } from "@headgate/contract";
import { flightsPaths, flightsPipelineName, flightsProgram } from "./flights.ts";

/** Programs that GET /v0/config/demos offers. */
export function createDemos(outputFolder: string): readonly Schemas["Demo"][] {
  return [
    {
      name: flightsPipelineName,
      title: "US flights and their delays",
      description: "Three million flights of 2001 joined with airports: delays by airport, the worst routes, flights per day.",
      program_code: flightsProgram(flightsPaths(outputFolder)),
      udf_rust: "",
      udf_toml: "",
    },
  ];
}
