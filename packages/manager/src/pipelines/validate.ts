import { ManagerError } from "../errors.ts";

const limits = { pipelineName: 63, keyName: 100, description: 300, tags: 50, tag: 50 } as const;
const namePattern = /^([A-Za-z0-9][-A-Za-z0-9_]*)?[A-Za-z0-9]$/;
const tagPattern = /^[a-zA-Z0-9 ._/|\\:=-]+$/;
const patternDescription = "letters, digits, underscores and hyphens, with a letter or digit first and last";

/** @throws ManagerError `EmptyName` | `TooLongName` | `NameDoesNotMatchPattern` */
export function assertPipelineName(name: string): void {
  assertLength(name, limits.pipelineName);
  if (namePattern.test(name)) return;
  throw new ManagerError("NameDoesNotMatchPattern", `Name '${name}' may only contain ${patternDescription}`, {
    name,
    pattern: namePattern.source,
    pattern_description: patternDescription,
  });
}

/** @throws ManagerError `EmptyName` | `TooLongName` */
export function assertKeyName(name: string): void {
  assertLength(name, limits.keyName);
}

/** @throws ManagerError `TooLongDescription` */
export function assertDescription(description: string): void {
  const length = [...description].length;
  if (length <= limits.description) return;
  throw new ManagerError(
    "TooLongDescription",
    `The description has ${String(length)} characters, and at most ${String(limits.description)} are allowed`,
    {
      length,
      maximum: limits.description,
    },
  );
}

/** @throws ManagerError `TooManyTags` | `InvalidTag` */
export function assertTags(tags: readonly string[]): void {
  if (tags.length > limits.tags) {
    throw new ManagerError("TooManyTags", `There are ${String(tags.length)} tags, and at most ${String(limits.tags)} are allowed`, {
      count: tags.length,
      maximum: limits.tags,
    });
  }
  for (const tag of tags) {
    if (tag.length <= limits.tag && tagPattern.test(tag)) continue;
    throw new ManagerError(
      "InvalidTag",
      `Tag '${tag}' must have 1 to ${String(limits.tag)} characters, each a letter, a digit, a space or one of ._/|\\:=-`,
      { tag, pattern: tagPattern.source, maximum: limits.tag },
    );
  }
}

function assertLength(name: string, maximum: number): void {
  if (name.length === 0) throw new ManagerError("EmptyName", "The name is empty", {});
  if (name.length <= maximum) return;
  throw new ManagerError(
    "TooLongName",
    `Name '${name}' has ${String(name.length)} characters, and at most ${String(maximum)} are allowed`,
    {
      name,
      length: name.length,
      maximum,
    },
  );
}
