import { useMemo } from 'preact/hooks';
import type uPlot from 'uplot';
import type { Mistakes, Quality, Status } from '../api/messages.js';
import { axis, Chart, plain } from '../charts/chart.js';
import type { Colours } from '../charts/colours.js';
import { count, duration, significant } from '../format.js';
import { Panel } from '../view/panel.js';
import { ScrollX } from '../view/scroll-x.js';
import { Empty } from '../view/state.js';
import { StatusBadge } from '../view/status.js';

/** Whether φ means what it says: what share of silences was to be beyond it, and what share was. */
export function CalibrationPanel({ quality }: { readonly quality: Quality }) {
  const known = quality.calibration.flatMap(({ phi, achieved }) =>
    achieved === undefined ? [] : [{ phi, achieved }],
  );
  const data = useMemo<uPlot.AlignedData>(
    () => [
      [0, ...quality.calibration.map(({ phi }) => phi), PHI_MAX],
      [0, ...quality.calibration.map(({ phi }) => phi), PHI_MAX],
      [null, ...quality.calibration.map(({ achieved }) => achieved ?? null), null],
    ],
    [quality],
  );
  const said = known.map(({ phi, achieved }) => `φ ${phi} keeps ${achieved.toFixed(2)}`).join(', ');
  return (
    <Panel title="Calibration" aside={`${count(quality.arrivals)} silences counted`}>
      {known.length === 0 ? (
        <Empty title="Nothing to compare yet">
          A φ is compared with what silences really reached once eight of them were beyond it.
        </Empty>
      ) : (
        <div class="calibration">
          <Chart
            label={`Nominal φ against achieved φ: ${said}`}
            heightPx={210}
            data={data}
            make={optionsOf}
          />
          <table>
            <thead>
              <tr>
                <th scope="col">φ</th>
                <th scope="col" class="number">
                  one in
                </th>
                <th scope="col" class="number">
                  really one in
                </th>
              </tr>
            </thead>
            <tbody>
              {quality.calibration.map(({ phi, achieved }) => (
                <tr key={phi}>
                  <td>{phi}</td>
                  <td class="number">{count(10 ** phi)}</td>
                  <td class="number">
                    {achieved === undefined ? (
                      <span class="muted">too few</span>
                    ) : (
                      significant(10 ** achieved)
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}

const PHI_MAX = 4.5;

function optionsOf(colours: Colours): Omit<uPlot.Options, 'width' | 'height'> {
  const scale = { time: false, range: () => [0, PHI_MAX] as [number, number] };
  const whole = { incrs: [1], values: (_: unknown, ticks: number[]) => ticks.map(String) };
  return {
    ...plain,
    cursor: { show: false },
    padding: [8, 8, 0, 0],
    scales: { x: scale, y: scale },
    axes: [
      axis(colours, { ...whole, label: 'nominal φ', labelSize: 18, size: 24 }),
      axis(colours, { ...whole, label: 'achieved φ', labelSize: 18, size: 24 }),
    ],
    series: [
      {},
      { stroke: colours['line-strong'], dash: [4, 4], width: 1, points: { show: false } },
      {
        stroke: colours.accent,
        width: 1.5,
        points: { show: true, size: 8, fill: colours.accent, stroke: colours.surface, width: 2 },
      },
    ],
  };
}

/** Suspicions that a heartbeat proved wrong. */
export function MistakesPanel({ quality }: { readonly quality: Quality }) {
  const rows: readonly (readonly [Status, Mistakes | undefined])[] = [
    ['SUSPECT', quality.suspectMistakes],
    ['OFFLINE', quality.offlineMistakes],
  ];
  return (
    <Panel title="Mistakes" aside={`in ${significant(quality.userDays)} user-days; old ones count less`}>
      <ScrollX label="Table of mistakes">
        <table>
          <thead>
            <tr>
              <th scope="col">wrongly called</th>
              <th scope="col" class="number">
                times
              </th>
              <th scope="col" class="number">
                per user-day
              </th>
              <th scope="col" class="number">
                mean duration
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map(([status, mistakes]) => (
              <tr key={status}>
                <td>
                  <StatusBadge status={status} />
                </td>
                <td class="number">{significant(mistakes?.count ?? 0)}</td>
                <td class="number">{significant(mistakes?.perUserDay ?? 0)}</td>
                <td class="number">{mistakes?.meanDurationMs ? duration(mistakes.meanDurationMs) : '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollX>
    </Panel>
  );
}
