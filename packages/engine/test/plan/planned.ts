import { openPlanner, type Planner } from "../../src/plan/plan-select.ts";
import { compileProgram } from "../../src/program/compile.ts";

const program = `
  CREATE TABLE t(
    a INTEGER, b BIGINT, c DOUBLE, d DECIMAL(10,2), s VARCHAR, dt DATE, ts TIMESTAMP, tz TIMESTAMP WITH TIME ZONE,
    i INTERVAL DAY TO SECOND, u UUID, l INTEGER ARRAY, st ROW(x INTEGER, y VARCHAR), m MAP<VARCHAR, INTEGER>, bl VARBINARY, bo BOOLEAN,
    j VARIANT, tm TIME);
  CREATE TABLE u(k INTEGER, v VARCHAR, w BIGINT);
`;

/** A planner over the tables t and u. Close it. */
export async function plannerForTests(): Promise<Planner> {
  const result = await compileProgram(program);
  if (!result.ok) throw new Error(result.messages[0]?.message);
  return openPlanner([...result.program.tables, ...result.program.views]);
}
