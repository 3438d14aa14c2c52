import { flightsPipelineName } from "./flights.ts";

/** What to try after the demo has run, as commands that work when pasted into a shell that has curl. */
export function nextSteps(baseUrl: string): string {
  const pipeline = `${baseUrl}/v0/pipelines/${flightsPipelineName}`;
  const file = `${pipeline}/views/delays_by_airport/connectors/file`;
  const more = `${pipeline}/tables/flights/connectors/more`;
  return `Try next (paste into another terminal):

  # Ask the views
  curl -sG ${pipeline}/query --data-urlencode "sql=SELECT * FROM worst_routes ORDER BY mean_delay DESC"
  curl -sG ${pipeline}/query --data-urlencode "sql=SELECT name, flights, mean_delay FROM delays_by_airport ORDER BY flights DESC LIMIT 5"

  # Start the second input, paused until now; look at it; pause it again
  curl -s -X POST ${more}/start
  curl -s ${more}/stats
  curl -s -X POST ${more}/pause

  # The file output: its status, then a reset that replays the whole view as a snapshot and follows.
  # The last command says how far it has come; ask again until it says complete
  curl -s ${file}/stats
  TOKEN=$(curl -s -X POST ${file}/reset | sed 's/.*"token": *"\\([^"]*\\)".*/\\1/')
  curl -s "${pipeline}/reset_status?token=$TOKEN"

  # Watch a view change while the second input runs (Ctrl-C ends it)
  curl -sN -X POST "${pipeline}/egress/worst_routes?format=json&send_snapshot=true"

  # Everything about the pipeline
  curl -s ${pipeline}/stats`;
}
