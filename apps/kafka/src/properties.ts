import { writeFile } from "node:fs/promises";

/** Settings as a Java properties file carries them. */
export type Properties = Readonly<Record<string, string | number | boolean>>;

export async function writeProperties(path: string, properties: Properties): Promise<void> {
  const lines = Object.entries(properties).map(([key, value]) => `${key}=${escape(String(value))}`);
  await writeFile(path, `${lines.join("\n")}\n`, { mode: 0o600 });
}

const escape = (value: string): string => value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
