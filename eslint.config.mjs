import tseslint from "typescript-eslint";

/** Who may import whom: docs/architecture.md. A package lists the packages of ours it may import; everything else is refused. */
const mayImport = {
  contract: [],
  engine: [],
  "connector-kit": ["engine"],
  connectors: ["engine", "connector-kit"],
  pipeline: ["engine", "connector-kit", "connectors"],
  manager: ["pipeline"],
  server: ["contract", "manager"],
  client: ["contract"],
  conformance: ["contract", "client"],
};
const ours = Object.keys(mayImport);
/** Libraries whose upstream maintenance has ended live behind one importing file each (docs/adr). */
const fenced = [
  { name: "openapi-fetch", message: "Only packages/client/src/transport.ts imports openapi-fetch." },
  { name: "openapi-typescript", message: "Only packages/contract/scripts/generate.ts imports openapi-typescript." },
];
const restricted = (paths, patterns) => ["error", { paths, patterns }];
const boundary = (name) => ({
  files: [`packages/${name}/src/**/*.ts`],
  ignores: name === "client" ? ["packages/client/src/transport.ts"] : [],
  rules: {
    "no-restricted-imports": restricted(
      [
        ...fenced,
        ...ours
          .filter((other) => other !== name && !mayImport[name].includes(other))
          .map((other) => ({
            name: `@headgate/${other}`,
            message: `${name} may not import ${other}: see the table in docs/architecture.md.`,
          })),
      ],
      [{ regex: "^@headgate/[^/]+/.+", message: "Import the package entry, not a file inside it." }],
    ),
  },
});

export default tseslint.config(
  { ignores: ["**/dist/**", "**/generated/**", "**/node_modules/**"] },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.base],
    languageOptions: { parserOptions: { project: "./tsconfig.check.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { arguments: false } }],
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/return-await": ["error", "error-handling-correctness-only"],
      "@typescript-eslint/only-throw-error": "error",
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": ["error", { disallowTypeAnnotations: false }],
      "no-constant-binary-expression": "error",
      "no-unreachable": "error",
      "prefer-const": "error",
      "no-new-func": "error",
      eqeqeq: "error",
      "no-console": "error",
      "no-warning-comments": ["error", { terms: ["todo", "fixme", "xxx"], location: "anywhere" }],
    },
  },
  { files: ["packages/engine/src/expression/generate.ts"], rules: { "no-new-func": "off" } },
  { files: ["packages/*/scripts/**", "apps/**", "**/test/**"], rules: { "no-console": "off" } },
  ...ours.map(boundary),
);
