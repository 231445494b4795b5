import { obtainProgram, type Program } from './system-program.js';

/** A redis-server or valkey-server: both speak the protocol and run the scripts. */
export function obtainRedisServer(): Promise<Program> {
  return obtainProgram({
    names: ['redis-server', 'valkey-server'],
    // Debian's server is a link to a program of redis-tools.
    debianPackages: ['redis-server', 'redis-tools'],
    installCommands: [
      ['dnf', 'install', '-y', 'redis'],
      ['dnf', 'install', '-y', 'valkey'],
      ['apk', 'add', 'redis'],
      ['brew', 'install', 'redis'],
    ],
    advice: 'Install redis (>= 6.2) or valkey.',
  });
}
