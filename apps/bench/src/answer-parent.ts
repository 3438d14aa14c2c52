/** Does what the parent process asks for, one message after another, and ends with the parent or at the first failure. */
export function answerParent<Request, Result>(run: (request: Request) => Promise<Result>): void {
  process.on("disconnect", () => process.exit(0));
  process.on("message", (request: Request) => {
    run(request).then(
      (result) => process.send?.(result),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
