import type { Break } from "./diff-documents.ts";

/** A break that was accepted: lines of `<rule> <pointer> -- <reason>`; `#` begins a comment. */
export interface Approval {
  readonly rule: string;
  readonly pointer: string;
  readonly reason: string;
}

/** Reads the approvals file. @throws Error naming the first line that is not an approval. */
export function parseApprovals(text: string): readonly Approval[] {
  return text.split("\n").flatMap((line, index) => {
    if (line.trim() === "" || line.startsWith("# ")) return [];
    const match = /^(\S+) (\S+) -- (\S.*)$/.exec(line);
    if (match === null) {
      throw new Error(`approved-breaks.txt:${index + 1}: expected '<rule> <pointer> -- <reason>', found '${line}'`);
    }
    return [{ rule: match[1] as string, pointer: match[2] as string, reason: match[3] as string }];
  });
}

/** The breaks that nobody has approved. */
export function withoutApproved(breaks: readonly Break[], approvals: readonly Approval[]): readonly Break[] {
  const approved = new Set(approvals.map(({ rule, pointer }) => `${rule} ${pointer}`));
  return breaks.filter(({ rule, pointer }) => !approved.has(`${rule} ${pointer}`));
}
