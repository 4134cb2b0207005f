/** LLVM's and clang's messages, taken apart into severity, place and text. */
import type { BackendMessage } from './backend.js';

type Severity = BackendMessage['severity'];

const placed = /^[^\n:]*:(\d+):(?:(\d+):)? (.*)$/s;
const labelled = /^(?:fatal )?(error|warning|remark|note): (.*)$/s;

/**
 * One message in LLVM's manner: `[file:line:[column:] ][severity: ]text`.
 *
 * @param severity what the message is where its text does not say.
 */
export function parseMessage(text: string, severity: Severity): BackendMessage {
  const place = placed.exec(text.trim());
  const label = labelled.exec(place ? place[3] : text.trim());
  const message = {
    severity: (label?.[1] as Severity) ?? severity,
    text: label ? label[2] : (place?.[3] ?? text.trim()),
  };
  const line = Number(place?.[1] ?? 0);
  const column = Number(place?.[2] ?? 0);
  return line > 0 ? { ...message, line, ...(column > 0 ? { column } : {}) } : message;
}

export function hasError(messages: readonly BackendMessage[]): boolean {
  return messages.some((message) => message.severity === 'error');
}
