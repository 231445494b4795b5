import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Deployment } from 'kubernetes-types/apps/v1.js';
import type { HorizontalPodAutoscaler } from 'kubernetes-types/autoscaling/v2.js';
import type { ConfigMap, Service } from 'kubernetes-types/core/v1.js';
import type { PodDisruptionBudget } from 'kubernetes-types/policy/v1.js';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { version } from '../../src/version.js';
import { temporaryFile } from '../config/config-fixture.js';
import { startNode } from '../support/node.js';
import { loadedOf, portOf } from './phid-command.js';

const DIR = 'deploy/kubernetes';
const read = <T>(file: string): T => parse(readFileSync(join(DIR, file), 'utf8')) as T;

const configMap = read<ConfigMap>('config-map.yml');
const deployment = read<Deployment>('deployment.yml');
const service = read<Service>('service.yml');
const budget = read<PodDisruptionBudget>('pod-disruption-budget.yml');
const autoscaler = read<HorizontalPodAutoscaler>('horizontal-pod-autoscaler.yml');

const pod = deployment.spec?.template;
const [container] = pod?.spec?.containers ?? [];
if (!container) throw new Error('no container');

/** What TypeScript has against the manifests, by the types of Kubernetes: also fields that there are not. */
function typeErrors(): string[] {
  const manifests: readonly [module: string, kind: string, manifest: object][] = [
    ['core/v1', 'ConfigMap', configMap],
    ['apps/v1', 'Deployment', deployment],
    ['core/v1', 'Service', service],
    ['policy/v1', 'PodDisruptionBudget', budget],
    ['autoscaling/v2', 'HorizontalPodAutoscaler', autoscaler],
  ];
  const lines = manifests.flatMap(([module, kind, manifest]) => [
    `import type { ${kind} } from 'kubernetes-types/${module}.js';`,
    `export const the${kind}: ${kind} = ${JSON.stringify(manifest)};`,
  ]);
  // Within node_modules, where the types are found.
  const folder = 'node_modules/.cache/phid';
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'manifests.ts');
  writeFileSync(file, lines.join('\n'));
  const options = {
    noEmit: true,
    strict: true,
    skipLibCheck: true,
    types: [],
    module: ts.ModuleKind.NodeNext,
  };
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([file], options));
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe('deploy/kubernetes', () => {
  it('has the fields that Kubernetes knows, and all of it is applied', () => {
    expect(typeErrors()).toEqual([]);
    const { resources, images } = read<{ resources: string[]; images: object[] }>('kustomization.yml');
    expect(['kustomization.yml', ...resources].sort()).toEqual(readdirSync(DIR).sort());
    expect(images).toEqual([{ name: container.image, newTag: version }]);
  });

  it('lets phid write no file, and be no more than its user', () => {
    const { securityContext, automountServiceAccountToken } = pod?.spec ?? {};
    expect(securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(automountServiceAccountToken).toBe(false);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts?.every(({ readOnly }) => readOnly)).toBe(true);
  });

  it('starts phid as phid can be started, and opens what it listens on', () => {
    const [mount] = container.volumeMounts ?? [];
    const [volume] = pod?.spec?.volumes ?? [];
    expect(volume).toEqual({ name: mount?.name, configMap: { name: configMap.metadata?.name } });
    const files = Object.entries(configMap.data ?? {}).map(([name, text]) => [
      `${mount?.mountPath}/${name}`,
      temporaryFile(name, text),
    ]);
    // The secret's value is the cluster's.
    const env = Object.fromEntries((container.env ?? []).map(({ name }) => [name, 'redis://redis:6379']));
    const { settings } = loadedOf({ args: container.args ?? [], env, files: Object.fromEntries(files) });
    expect(settings.redis).toBe('redis://redis:6379');
    expect(settings.grpcAddr + settings.httpAddr).toMatch(/^0\.0\.0\.0:\d+0\.0\.0\.0:\d+$/);
    const ports = [
      { name: 'grpc', containerPort: portOf(settings.grpcAddr) },
      { name: 'http', containerPort: portOf(settings.httpAddr) },
    ];
    expect(container.ports).toEqual(ports);
    expect(pod?.metadata?.annotations?.['prometheus.io/port']).toBe(String(portOf(settings.httpAddr)));
    expect(service.spec?.ports).toMatchObject(
      ports.map(({ name, containerPort }) => ({ name, port: containerPort, targetPort: name })),
    );
  });

  it('asks for pages that phid serves', async () => {
    const node = await startNode();
    const { livenessProbe, readinessProbe } = container;
    for (const probe of [livenessProbe, readinessProbe]) {
      expect(probe?.httpGet?.port).toBe('http');
      expect((await fetch(node.httpUrl(probe?.httpGet?.path as string))).status).toBe(200);
    }
    const page = pod?.metadata?.annotations?.['prometheus.io/path'] as string;
    expect(await (await fetch(node.httpUrl(page))).text()).toContain('phid_build_info');
    await node.stop();
  });

  it('means the same pods everywhere', () => {
    const labels = pod?.metadata?.labels;
    expect(deployment.spec?.selector.matchLabels).toEqual(labels);
    expect(service.spec?.selector).toEqual(labels);
    expect(budget.spec?.selector?.matchLabels).toEqual(labels);
    const { apiVersion, kind, metadata } = deployment;
    expect(autoscaler.spec?.scaleTargetRef).toEqual({ apiVersion, kind, name: metadata?.name });
    // Otherwise the budget would let nobody go.
    expect(autoscaler.spec?.minReplicas).toBeGreaterThan(1);
    expect(container.resources?.requests).toHaveProperty('cpu');
  });
});
