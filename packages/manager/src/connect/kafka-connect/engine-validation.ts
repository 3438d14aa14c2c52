import type { ConfigDefinition, ConfigValidation, ConfigValue } from "../api.ts";
import { isSecret, mask } from "../core/secrets.ts";
import type { EngineDefinition, EngineValidation } from "./engine-types.ts";

const types: readonly ConfigDefinition["type"][] = ["BOOLEAN", "INT", "SHORT", "LONG", "DOUBLE", "STRING", "LIST", "ENUM", "PASSWORD"];
const importances: readonly ConfigDefinition["importance"][] = ["HIGH", "MEDIUM", "LOW"];
const widths: readonly ConfigDefinition["width"][] = ["SHORT", "MEDIUM", "LONG"];

/** The engine's check of a configuration in the words of the dialect: no nulls, no type CLASS, secrets masked. */
export function toValidation(engine: EngineValidation): ConfigValidation {
  return {
    name: engine.name,
    groups: engine.groups,
    errorCount: engine.error_count,
    configs: engine.configs.map(({ definition, value }) => ({
      definition: toDefinition(definition),
      value: toValue(definition, value),
    })),
  };
}

function toDefinition(engine: EngineDefinition): ConfigDefinition {
  return {
    name: engine.name,
    type: types.find((type) => type === engine.type) ?? "STRING",
    required: engine.required,
    defaultValue: engine.default_value ?? "",
    importance: importances.find((importance) => importance === engine.importance) ?? "NONE",
    documentation: engine.documentation ?? "",
    group: engine.group ?? "",
    width: widths.find((width) => width === engine.width) ?? "NONE",
    displayName: engine.display_name ?? engine.name,
    dependents: engine.dependents ?? [],
    order: engine.order ?? -1,
    alias: "",
  };
}

function toValue(definition: EngineDefinition, engine: EngineValidation["configs"][number]["value"]): ConfigValue {
  const value = engine.value ?? "";
  const hidden = value !== "" && (definition.type === "PASSWORD" || isSecret(engine.name, value));
  const clean = (text: string): string => (hidden && value.length >= 4 ? text.replaceAll(value, mask) : text);
  return {
    name: engine.name,
    value: hidden ? mask : value,
    recommendedValues: (engine.recommended_values ?? []).filter((one) => one !== null),
    errors: (engine.errors ?? []).map(clean),
    visible: engine.visible ?? true,
  };
}

/** The problems that a check found, as "field: message". */
export function complaintsOf({ configs }: ConfigValidation): readonly string[] {
  return configs.flatMap(({ value }) => value.errors.map((error) => `${value.name}: ${error}`));
}
