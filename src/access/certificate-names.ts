import type { PeerCertificate } from 'node:tls';

/** `DNS:a, URI:"what holds a comma, quoted as JSON", ...`, as Node writes alternative names. */
const ALTERNATIVE_NAME = /(\w[\w ]*):("(?:[^"\\]|\\.)*"|[^,"]*)(?:, |$)/gy;

/**
 * The names by which a certificate may be a caller's: alternative names that are URIs or of DNS, then the common name. A quoted one
 * is nobody's: whoever made it wanted to look like several.
 */
export function certificateNames({ subject, subjectaltname = '' }: PeerCertificate): readonly string[] {
  const names: string[] = [];
  for (const [, type, value = ''] of subjectaltname.matchAll(ALTERNATIVE_NAME)) {
    if ((type === 'DNS' || type === 'URI') && !value.startsWith('"')) names.push(`${type}:${value}`);
  }
  // Two of them would be an array.
  if (typeof subject?.CN === 'string') names.push(`CN:${subject.CN}`);
  return names;
}
