import { type Command, InvalidArgumentError, Option } from 'commander';
import { address, duration, type Kind } from '../config/kinds.js';
import { CONFIG_ENV, CONFIG_FLAG, type Sources } from '../config/load.js';
import { nodeSettings } from '../config/node-settings.js';
import { envOf, flagOf, type Setting, shown } from '../config/setting.js';
import type { ClientOptions } from './client.js';

/** Options of every command that calls a server. */
export interface CallOptions extends ClientOptions {
  readonly namespace?: string;
  readonly json: boolean;
}

const HOUR_MS = 3_600_000;

/** Reads an option's text by a kind of value; commander names the option and repeats the value. */
export function parserOf<T>({ schema, allowed }: Kind<T>): (text: string) => T {
  return (text) => {
    const parsed = schema.safeParse(text);
    if (!parsed.success) throw new InvalidArgumentError(`It is not ${allowed}.`);
    return parsed.data;
  };
}

export function addCallOptions(command: Command, json: string): Command {
  return addServerOptions(command, json).option(
    '-n, --namespace <name>',
    'class of clients; left out: the namespace "default"',
  );
}

/** As addCallOptions, where no namespace is meant. */
export function addServerOptions(command: Command, json: string): Command {
  return command
    .addOption(
      new Option('--addr <host:port>', 'the server to call')
        .env('PHID_ADDR')
        .default('127.0.0.1:50051')
        .argParser(parserOf(address(1))),
    )
    .addOption(
      new Option('--timeout <duration>', 'longest wait for one answer')
        .default(5_000, '5s')
        .argParser(parserOf(duration(1, HOUR_MS))),
    )
    .option('--tls', 'call by TLS; the certificate of the server is checked by the CAs of Node', false)
    .option('--ca <file>', 'the same, checked by the CAs of this PEM file')
    .option('--cert <file>', 'certificate to show to the server (mutual TLS), PEM')
    .option('--key <file>', 'its private key, PEM')
    .option(
      '--token-file <file>',
      'file with the token that says who calls (env, the token itself: PHID_TOKEN)',
    )
    .option('--json', json, false);
}

/** A flag for every setting of a node, from the one table. */
export function addSettingOptions(command: Command): Command {
  command.addOption(
    new Option(`${CONFIG_FLAG} <file>`, `YAML file with settings and namespaces (env: ${CONFIG_ENV})`),
  );
  for (const setting of Object.values(nodeSettings)) command.addOption(optionOf(setting));
  return command;
}

/** The flags that were given, as loadConfig takes them. */
export function givenFlags(options: Readonly<Record<string, unknown>>): Sources['flags'] {
  const flags = new Map<string, string>();
  const all = [new Option(`${CONFIG_FLAG} <file>`), ...Object.values(nodeSettings).map(optionOf)];
  for (const option of all) {
    const value = options[option.attributeName()];
    if (value === true) flags.set(option.long as string, 'true');
    else if (typeof value === 'string') flags.set(option.long as string, value);
  }
  return flags;
}

// Not Option.env() and argParser(): all problems of all sources are reported together, by loadConfig.
function optionOf(setting: Setting): Option {
  const { kind, meaning } = setting;
  const facts = [`default: ${shown(setting, setting.default)}`, `env: ${envOf(setting)}`];
  if (kind.placeholder === 'number' || kind.placeholder === 'name') facts.unshift(kind.allowed);
  // `--insecure` alone says it.
  const value = kind.isSwitch ? `[${kind.placeholder}]` : `<${kind.placeholder}>`;
  return new Option(`${flagOf(setting)} ${value}`, `${meaning} (${facts.join('; ')})`);
}
