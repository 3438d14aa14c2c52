/** Waits for a condition, with a deadline. */
export async function eventually(condition: () => boolean | Promise<boolean>, deadlineMs = 8000): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`It did not come true within ${deadlineMs} ms.`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
