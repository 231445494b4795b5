import { obtainProgram, type Program } from './system-program.js';

/** Prometheus, or promtool, which comes with it. */
export function obtainPrometheus(name: 'prometheus' | 'promtool'): Promise<Program> {
  return obtainProgram({
    names: [name],
    debianPackages: ['prometheus'],
    installCommands: [
      ['dnf', 'install', '-y', 'golang-github-prometheus'],
      ['apk', 'add', 'prometheus'],
      ['brew', 'install', 'prometheus'],
    ],
    advice: 'Install prometheus (>= 2.40).',
  });
}
