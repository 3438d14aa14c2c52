import type { Faker, LocaleDefinition } from "@faker-js/faker";
import type { Random } from "./random.ts";

/** What a text strategy draws from. `count` is the wanted number of parts, for those that have parts. */
interface Source {
  readonly faker: Faker;
  readonly locale: LocaleDefinition;
  readonly random: Random;
}
type Draw = (source: Source, count: number) => string;

function pick(list: unknown, { random }: Source): string {
  return Array.isArray(list) && list.length > 0 ? String(list[random.below(list.length)]) : "";
}

/** The published names, and what gives text of their kind. */
const draws = {
  word: ({ faker }) => faker.lorem.word(),
  words: ({ faker }, count) => faker.lorem.words(count),
  sentence: ({ faker }) => faker.lorem.sentence(),
  sentences: ({ faker }, count) => faker.lorem.sentences(count),
  paragraph: ({ faker }) => faker.lorem.paragraph(),
  paragraphs: ({ faker }, count) => faker.lorem.paragraphs(count, "\n"),
  first_name: ({ faker }) => faker.person.firstName(),
  last_name: ({ faker }) => faker.person.lastName(),
  title: ({ faker }) => faker.person.prefix(),
  suffix: ({ faker }) => faker.person.suffix(),
  name: ({ faker }) => `${faker.person.firstName()} ${faker.person.lastName()}`,
  name_with_title: ({ faker }) => `${faker.person.prefix()} ${faker.person.firstName()} ${faker.person.lastName()}`,
  domain_suffix: ({ faker }) => faker.internet.domainSuffix(),
  email: ({ faker }) => faker.internet.email(),
  username: ({ faker }) => faker.internet.username(),
  password: ({ faker }) => faker.internet.password(),
  field: ({ faker }) => faker.person.jobArea(),
  position: ({ faker }) => faker.person.jobType(),
  seniority: ({ faker }) => faker.person.jobDescriptor(),
  job_title: ({ faker }) => faker.person.jobTitle(),
  ipv4: ({ faker }) => faker.internet.ipv4(),
  ipv6: ({ faker }) => faker.internet.ipv6(),
  ip: ({ faker }) => faker.internet.ip(),
  mac_address: ({ faker }) => faker.internet.mac(),
  user_agent: ({ faker }) => faker.internet.userAgent(),
  rfc_status_code: ({ faker }) => String(faker.internet.httpStatusCode()),
  valid_status_code: ({ random }) => String(100 + random.below(500)),
  company_suffix: (source) => pick(source.locale.company?.legal_entity_type, source),
  company_name: ({ faker }) => faker.company.name(),
  buzzword: ({ faker }) => faker.company.catchPhraseAdjective(),
  buzzword_middle: ({ faker }) => faker.company.catchPhraseDescriptor(),
  buzzword_tail: ({ faker }) => faker.company.catchPhraseNoun(),
  catch_phrase: ({ faker }) => faker.company.catchPhrase(),
  bs_verb: ({ faker }) => faker.company.buzzVerb(),
  bs_adj: ({ faker }) => faker.company.buzzAdjective(),
  bs_noun: ({ faker }) => faker.company.buzzNoun(),
  bs: ({ faker }) => faker.company.buzzPhrase(),
  profession: ({ faker }) => faker.person.jobType(),
  industry: ({ faker }) => faker.commerce.department(),
  currency_code: ({ faker }) => faker.finance.currencyCode(),
  currency_name: ({ faker }) => faker.finance.currencyName(),
  currency_symbol: ({ faker }) => faker.finance.currencySymbol(),
  credit_card_number: ({ faker }) => faker.finance.creditCardNumber(),
  city_prefix: (source) => pick(source.locale.location?.city_prefix, source),
  city_suffix: (source) => pick(source.locale.location?.city_suffix, source),
  city_name: ({ faker }) => faker.location.city(),
  country_name: ({ faker }) => faker.location.country(),
  country_code: ({ faker }) => faker.location.countryCode(),
  street_suffix: (source) => pick(source.locale.location?.street_suffix, source),
  street_name: ({ faker }) => faker.location.street(),
  time_zone: ({ faker }) => faker.location.timeZone(),
  state_name: ({ faker }) => faker.location.state(),
  state_abbr: ({ faker }) => faker.location.state({ abbreviated: true }),
  secondary_address_type: (source) => pick(["Apt.", "Suite"], source),
  secondary_address: ({ faker }) => faker.location.secondaryAddress(),
  zip_code: ({ faker }) => faker.location.zipCode(),
  post_code: ({ faker }) => faker.location.zipCode(),
  building_number: ({ faker }) => faker.location.buildingNumber(),
  latitude: ({ faker }) => String(faker.location.latitude()),
  longitude: ({ faker }) => String(faker.location.longitude()),
  isbn: ({ faker }) => faker.commerce.isbn(),
  isbn13: ({ faker }) => faker.commerce.isbn(13),
  isbn10: ({ faker }) => faker.commerce.isbn(10),
  phone_number: ({ faker }) => faker.phone.number(),
  cell_number: ({ faker }) => faker.phone.number({ style: "national" }),
  file_path: ({ faker }) => faker.system.filePath(),
  file_name: ({ faker }) => faker.system.fileName(),
  file_extension: ({ faker }) => faker.system.fileExt(),
  dir_path: ({ faker }) => faker.system.directoryPath(),
} satisfies Record<string, Draw>;

export type TextStrategy = keyof typeof draws;
export const textStrategies = Object.keys(draws) as readonly string[] as readonly TextStrategy[];
export const isTextStrategy = (name: string): name is TextStrategy => Object.hasOwn(draws, name);
/** Those whose `range` is a number of words, sentences or paragraphs. */
export const hasParts = (name: TextStrategy): boolean => name === "words" || name === "sentences" || name === "paragraphs";

export type DrawText = (strategy: TextStrategy, count: number) => string;

/**
 * The library behind the text strategies, with the English locale only, drawing from `random`. It is loaded on demand:
 * most generators need no text, and it costs a process some 30 ms.
 */
export async function loadTextSource(random: Random): Promise<DrawText> {
  const shared = (await import("@faker-js/faker/locale/en")).faker;
  // An instance of one's own: the library's is shared by all that import it, and so would be its sequence.
  const Own = shared.constructor as typeof Faker;
  const locale = shared.rawDefinitions;
  const faker = new Own({ locale, randomizer: { next: () => random.unit(), seed: () => undefined } });
  const source: Source = { faker, locale, random };
  return (strategy, count) => (draws[strategy] as Draw)(source, count);
}
