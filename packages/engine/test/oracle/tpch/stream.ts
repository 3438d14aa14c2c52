import type { Row } from "@headgate/engine";
import type { Step, TableChange } from "../changes.ts";
import { seededRandom, type SeededRandom } from "../random.ts";

const regions = ["AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST"];
const nations: readonly (readonly [name: string, region: number])[] = [
  ["ALGERIA", 0], ["ARGENTINA", 1], ["BRAZIL", 1], ["CANADA", 1], ["CHINA", 2], ["FRANCE", 3], ["GERMANY", 3], ["INDIA", 2],
  ["SAUDI ARABIA", 4], ["UNITED STATES", 1],
]; // prettier-ignore
const segments = ["BUILDING", "BUILDING", "AUTOMOBILE", "MACHINERY"];
const types = ["ECONOMY ANODIZED STEEL", "PROMO BURNISHED BRASS", "MEDIUM POLISHED TIN", "SMALL PLATED BRASS", "PROMO BRUSHED STEEL"];
const names = ["green almond", "forest khaki", "forest green lace", "blue navy", "red rose"];
const containers = ["SM CASE", "SM BOX", "MED BOX", "MED BAG", "LG BOX", "LG PKG"];
const brands = ["Brand#12", "Brand#23", "Brand#34", "Brand#45"];
const modes = ["AIR", "AIR REG", "MAIL", "SHIP", "TRUCK"];
const comments = ["quick", "special pending requests", "Customer slow Complaints", "even"];
const priorities = ["1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW"];

const day = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / 86_400_000;
const suppliers = 8;
const parts = 24;
const customers = 20;

/** A first load of TPC-H's tables, then steps in which rows of all of them come, change and go. */
export function* tpchStream(seed: number, steps: number): Generator<Step> {
  const random = seededRandom(seed);
  const state: State = { random, orders: new Map(), nextOrder: 1 };
  const load = new Map<string, TableChange[]>();
  put(load, "region", regions.map((name, key) => [key, name, null])); // prettier-ignore
  put(load, "nation", nations.map(([name, region], key) => [key, name, region, null])); // prettier-ignore
  put(load, "supplier", range(suppliers).map((key) => supplier(random, key))); // prettier-ignore
  put(load, "part", range(parts).map((key) => part(random, key))); // prettier-ignore
  put(load, "partsupp", range(parts).flatMap((p) => range(3).map((i) => partsupp(random, p, (p + i * 2) % suppliers)))); // prettier-ignore
  put(load, "customer", range(customers).map((key) => customer(random, key))); // prettier-ignore
  for (let i = 0; i < 60; i++) addOrder(state, load);
  yield load;
  for (let i = 1; i < steps; i++) yield changes(state);
}

interface State {
  readonly random: SeededRandom;
  /** Number of lines of each order that is there. */
  readonly orders: Map<number, number>;
  nextOrder: number;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
function put(step: Map<string, TableChange[]>, table: string, rows: readonly Row[], op: TableChange["op"] = "insert"): void {
  const list = step.get(table) ?? [];
  for (const row of rows) list.push({ op, row });
  step.set(table, list);
}

function changes(state: State): Step {
  const { random, orders } = state;
  const step = new Map<string, TableChange[]>();
  for (let i = random.between(2, 8); i > 0; i--) addOrder(state, step);
  for (let i = random.between(1, 6); i > 0; i--) removeOrder(state, step);
  for (let i = random.between(0, 3); i > 0; i--) {
    const order = random.pick([...orders.keys()]);
    put(step, "lineitem", [line(random, order, random.between(1, orders.get(order)!), randomDay(random))]);
  }
  if (random.chance(0.6)) put(step, "customer", [customer(random, random.between(0, customers - 1))]);
  if (random.chance(0.3)) put(step, "customer", [[random.between(0, customers - 1)]], "delete");
  if (random.chance(0.5)) put(step, "part", [part(random, random.between(0, parts - 1))]);
  if (random.chance(0.5)) put(step, "supplier", [supplier(random, random.between(0, suppliers - 1))]);
  if (random.chance(0.2)) put(step, "supplier", [[random.between(0, suppliers - 1)]], "delete");
  for (let i = random.between(0, 4); i > 0; i--)
    put(step, "partsupp", [partsupp(random, random.between(0, parts - 1), random.between(0, suppliers - 1))]);
  if (random.chance(0.3)) put(step, "partsupp", [[random.between(0, parts - 1), random.between(0, suppliers - 1)]], "delete");
  if (random.chance(0.2)) put(step, "nation", [[random.between(0, 9), random.pick(nations)[0], random.between(0, 4), "moved"]]);
  return step;
}

function addOrder(state: State, step: Map<string, TableChange[]>): void {
  const { random, orders } = state;
  const key = state.nextOrder++;
  const lines = random.between(1, 5);
  const date = randomDay(random);
  const status = random.pick(["F", "F", "O", "P"]);
  const price = BigInt(random.between(100_000, 40_000_000));
  const customerKey = random.between(0, customers - 1 - (customers >> 2));
  const row: Row = [key, customerKey, status, price, date, random.pick(priorities), "clerk", 0, random.pick(comments)];
  put(step, "orders", [row]);
  put(step, "lineitem", range(lines).map((i) => line(random, key, i + 1, date))); // prettier-ignore
  orders.set(key, lines);
}

function removeOrder({ random, orders }: State, step: Map<string, TableChange[]>): void {
  const key = random.pick([...orders.keys()]);
  put(step, "orders", [[key]], "delete");
  // Sometimes the lines stay behind without their order.
  if (random.chance(0.8)) put(step, "lineitem", range(orders.get(key)!).map((i) => deletedLine(key, i + 1)), "delete"); // prettier-ignore
  orders.delete(key);
}

const deletedLine = (order: number, number: number): Row => [order, undefined, undefined, number] as unknown as Row;
const randomDay = (random: SeededRandom): number =>
  random.chance(0.5)
    ? day(random.pick([1993, 1994, 1995, 1996]), random.pick([1, 3, 7, 8, 9, 10]), random.between(1, 28))
    : day(1993, 7, 1) + random.between(0, 1400);

function line(random: SeededRandom, order: number, number: number, date: number): Row {
  const partKey = random.between(0, parts - 1);
  const ship = date + random.between(1, 60);
  const commit = date + random.between(30, 90);
  const receipt = ship + random.between(1, 30);
  const quantity = BigInt(random.between(1, 50)) * 100n;
  return [
    order, partKey, (partKey + random.between(0, 2) * 2) % suppliers, number, quantity, BigInt(random.between(90_000, 9_000_000)),
    BigInt(random.between(0, 10)), BigInt(random.between(0, 8)), random.pick(["R", "A", "N"]), random.pick(["O", "F"]), ship, commit, receipt,
    random.pick(["DELIVER IN PERSON", "COLLECT COD"]), random.pick(modes), "line",
  ];
} // prettier-ignore

const money = (random: SeededRandom): bigint => BigInt(random.between(-99_999, 999_999));
const supplier = (random: SeededRandom, key: number): Row =>
  [key, `Supplier#${key}`, `street ${key}`, random.pick([1, 2, 3, 4, 5, 6, 7, 8, 8]), `1${random.between(0, 9)}-555`, money(random), random.pick(comments)]; // prettier-ignore
const part = (random: SeededRandom, key: number): Row => [
  key, random.pick(names), "Manufacturer#1", random.pick(brands), random.pick(types), random.pick([1, 3, 9, 14, 15, 15]),
  random.pick(containers), BigInt(random.between(90_000, 110_000)), "part",
]; // prettier-ignore
const partsupp = (random: SeededRandom, partKey: number, supplierKey: number): Row =>
  [partKey, supplierKey, random.between(1, 9999), BigInt(random.between(100, 100_000)), "ps"]; // prettier-ignore
const customer = (random: SeededRandom, key: number): Row => [
  key, `Customer#${key}`, `road ${key}`, random.pick([2, 3, 4, 4, 5, 6, 7, 7, 8]), `${random.pick(["13", "31", "23", "29", "11"])}-555-${key}`, money(random),
  random.pick(segments), "customer",
]; // prettier-ignore
