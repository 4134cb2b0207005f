/** What commander says of a call, said as all other errors of the command line are. */
import type { CommanderError } from 'commander';
import {
  argumentsMissing,
  badChoice,
  conflictingOptions,
  tooManyArguments,
  unknownCommand,
  unknownOption,
  usageWrong,
  type CommandError,
} from './status.js';

/** By commander's own codes. */
const factories: Readonly<Record<string, (message: string, hint: string) => CommandError>> = {
  'commander.unknownCommand': unknownCommand,
  'commander.unknownOption': unknownOption,
  'commander.missingArgument': argumentsMissing,
  'commander.optionMissingArgument': argumentsMissing,
  'commander.missingMandatoryOptionValue': argumentsMissing,
  'commander.excessArguments': tooManyArguments,
  'commander.invalidArgument': badChoice,
  'commander.conflictingOption': conflictingOptions,
};

/**
 * @param command the words of the command that was called, `'tc clear'`; empty where there is none of that name.
 */
export function usageError(error: CommanderError, command: string): CommandError {
  const [, text = '', , suggestion] =
    /^(?:error: )?([^]*?)(\n\((Did you mean [^]*)\))?$/.exec(error.message.trim()) ?? [];
  const help = `\`tsbpf ${command ? `${command} ` : ''}--help\` says what ${command ? 'it takes' : 'there is'}.`;
  // "option '--cpu <level>' argument 'v9' is invalid. Allowed choices are v1, v2.": the second sentence says what to do.
  const [, message = text, choices] = /^(.*?)\. (Allowed choices are .*)$/s.exec(text) ?? [];
  return (factories[error.code] ?? usageWrong)(message, suggestion ?? choices ?? help);
}
