// Makes deploy/grafana/dashboards/phid.json of deploy/grafana/panels.yml. With --check it only compares, and fails when they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

/**
 * @typedef {{ title: string, description?: string, unit?: string, type?: string, stack?: boolean, signed?: boolean, queries: [string, string][] }} Panel
 * @typedef {{ row: string, panels: Panel[] }} Row
 */

const SOURCE = 'deploy/grafana/panels.yml';
const TARGET = 'deploy/grafana/dashboards/phid.json';

/** Grafana's grid has 24 columns; three panels beside each other. */
const PANEL = { w: 8, h: 7 };
const PANELS_ACROSS = 24 / PANEL.w;

const BARS = { orientation: 'horizontal', displayMode: 'basic', reduceOptions: { calcs: ['lastNotNull'] } };

const datasource = { type: 'prometheus', uid: 'prometheus' };

/** A list of the values of a label; all of them by default. @param {string} name @param {string} query */
function variable(name, query) {
  const all = {
    includeAll: true,
    allValue: '.*',
    multi: true,
    current: { text: ['All'], value: ['$__all'] },
  };
  return { name, type: 'query', datasource, query: { query, refId: name }, refresh: 2, sort: 1, ...all };
}

/** @param {Panel} panel @param {number} id @param {{ x: number, y: number }} at */
function panelOf(
  { title, description, unit = 'short', type = 'timeseries', stack = false, signed = false, queries },
  id,
  at,
) {
  const isInstant = type !== 'timeseries';
  const targets = queries.map(([expr, legendFormat], i) => {
    const refId = String.fromCharCode('A'.charCodeAt(0) + i);
    return { refId, datasource, expr, legendFormat, instant: isInstant, range: !isInstant };
  });
  const stacking = stack ? { custom: { stacking: { mode: 'normal' }, fillOpacity: 30 } } : {};
  return {
    ...{ id, type, title, description, datasource },
    gridPos: { ...PANEL, ...at },
    fieldConfig: { defaults: { unit, ...(signed ? {} : { min: 0 }), ...stacking }, overrides: [] },
    options: isInstant ? BARS : { tooltip: { mode: 'multi', sort: 'desc' } },
    targets,
  };
}

/** @param {Row[]} rows */
function dashboardOf(rows) {
  const panels = [];
  let y = 0;
  for (const { row: title, panels: inRow } of rows) {
    panels.push({ id: panels.length + 1, type: 'row', title, gridPos: { x: 0, y, w: 24, h: 1 } });
    y += 1;
    inRow.forEach((panel, i) => {
      const at = { x: (i % PANELS_ACROSS) * PANEL.w, y: y + Math.floor(i / PANELS_ACROSS) * PANEL.h };
      panels.push(panelOf(panel, panels.length + 1, at));
    });
    y += Math.ceil(inRow.length / PANELS_ACROSS) * PANEL.h;
  }
  return {
    ...{ uid: 'phid', title: 'phid', tags: ['phid'], schemaVersion: 39, editable: true },
    ...{ refresh: '15s', time: { from: 'now-1h', to: 'now' }, timezone: 'browser' },
    templating: {
      list: [
        variable('namespace', 'label_values(phid_threshold_phi, namespace)'),
        variable('node', 'label_values(up{job="phid"}, instance)'),
      ],
    },
    panels,
  };
}

const made = `${JSON.stringify(dashboardOf(parse(readFileSync(SOURCE, 'utf8'))), null, 2)}\n`;
if (!process.argv.includes('--check')) writeFileSync(TARGET, made);
else if (readFileSync(TARGET, 'utf8') !== made) {
  console.error(`${TARGET} is not what ${SOURCE} amounts to; npm run dashboard makes it anew`);
  process.exitCode = 1;
}
