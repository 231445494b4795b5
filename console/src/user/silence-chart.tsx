import { useMemo, useRef } from 'preact/hooks';
import type uPlot from 'uplot';
import type { InspectedSession } from '../api/messages.js';
import { axis, Chart, plain } from '../charts/chart.js';
import { type Colours, faint } from '../charts/colours.js';
import { useFrames } from '../view/ticking.js';
import { phiAt, traceOf } from './phi-curve.js';

/** What is drawn, and how far the axes go. */
interface Scene {
  readonly session: InspectedSession;
  readonly suspectPhi: number;
  readonly offlinePhi: number;
  readonly phiMax: number;
  readonly pastMs: number;
  readonly futureMs: number;
}

/** By so much the axes go beyond the offline threshold. */
const MARGIN = 1.2;

/** A silence is drawn up to so many times that of the offline threshold: beyond, nothing changes any more. */
const BEYOND_OFFLINE = 3;

/** Of the width, what is left of the last heartbeat, as a share of what is right of it. */
const PAST_SHARE = 0.6;

interface SilenceChartProps {
  readonly session: InspectedSession;
  readonly suspectPhi: number;
  readonly offlinePhi: number;
  /** Silence at this very moment, ms. */
  readonly silenceMs: () => number;
}

/**
 * φ over the present silence, with the thresholds and when they are crossed, and over the silences before. What is yet
 * to come lies under a veil, whose edge moves with time: nothing is drawn anew between two messages.
 */
export function SilenceChart({ session, suspectPhi, offlinePhi, silenceMs }: SilenceChartProps) {
  const drawnMs = Math.min(session.silenceMs, BEYOND_OFFLINE * session.offlineAtMs);
  const futureMs = Math.max(session.offlineAtMs, session.meanMs, drawnMs) * MARGIN;
  const phiMax = offlinePhi * MARGIN;
  const scene = { session, suspectPhi, offlinePhi, phiMax, futureMs, pastMs: futureMs * PAST_SHARE };
  const drawn = useRef<Scene>(scene);
  drawn.current = scene;
  const data = useMemo<uPlot.AlignedData>(() => {
    const { atMs, phi } = traceOf(session, { pastMs: futureMs * PAST_SHARE, futureMs, phiMax });
    return [atMs.map((ms) => ms / 1_000), phi];
  }, [session, futureMs, phiMax]);
  const make = useMemo(() => (colours: Colours) => optionsOf(colours, () => drawn.current), []);
  const present = useRef<Present>(null);
  useFrames(() => {
    const ms = Math.min(silenceMs(), futureMs);
    present.current?.move(ms / 1_000, Math.min(phiMax, phiAt(session.curve, ms)));
  });
  return (
    <Chart
      label={`φ against silence of session ${session.sessionId}: SUSPECT at ${suspectPhi.toFixed(2)}, OFFLINE at ${offlinePhi.toFixed(2)}`}
      heightPx={240}
      data={data}
      make={make}
      onMade={(plot) => {
        present.current = new Present(plot);
      }}
    />
  );
}

/** The moving edge between what was and what is to come. */
class Present {
  readonly #plot: uPlot;
  readonly #veil = document.createElement('div');
  readonly #dot = document.createElement('div');

  constructor(plot: uPlot) {
    this.#plot = plot;
    this.#veil.className = 'veil';
    this.#dot.className = 'present';
    plot.over.append(this.#veil, this.#dot);
  }

  move(seconds: number, phi: number): void {
    const x = this.#plot.valToPos(seconds, 'x');
    const y = this.#plot.valToPos(phi, 'y');
    this.#veil.style.transform = `scaleX(${1 - x / this.#plot.over.clientWidth})`;
    this.#dot.style.transform = `translate(${x}px, ${y}px)`;
  }
}

function optionsOf(colours: Colours, scene: () => Scene): Omit<uPlot.Options, 'width' | 'height'> {
  return {
    ...plain,
    cursor: { show: false },
    padding: [14, 12, 0, 0],
    scales: {
      x: { time: false, range: () => [-scene().pastMs / 1_000, scene().futureMs / 1_000] },
      y: { range: () => [0, scene().phiMax] },
    },
    axes: [
      axis(colours, {
        size: 24,
        space: 60,
        values: (_, ticks) => ticks.map((s) => `${s} s`),
        grid: { show: false },
      }),
      axis(colours, { size: 36, space: 30 }),
    ],
    series: [
      {},
      { stroke: colours.accent, fill: faint(colours.accent, 0.12), width: 1.75, points: { show: false } },
    ],
    hooks: { draw: [(plot) => drawThresholds(plot, colours, scene())] },
  };
}

function drawThresholds(plot: uPlot, colours: Colours, { session, suspectPhi, offlinePhi }: Scene): void {
  const { ctx } = plot;
  const { left, top, width, height } = plot.bbox;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.font = `600 ${11 * ratio}px ${colours.font.slice(colours.font.indexOf(' ') + 1)}`;
  ctx.lineWidth = ratio;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'bottom';
  const thresholds = [
    { name: 'SUSPECT', phi: suspectPhi, atMs: session.suspectAtMs, colour: colours.suspect },
    { name: 'OFFLINE', phi: offlinePhi, atMs: session.offlineAtMs, colour: colours.offline },
  ];
  for (const { name, phi, atMs, colour } of thresholds) {
    const y = Math.round(plot.valToPos(phi, 'y', true)) + 0.5;
    const x = Math.round(plot.valToPos(atMs / 1_000, 'x', true)) + 0.5;
    ctx.strokeStyle = colour;
    ctx.fillStyle = colour;
    ctx.setLineDash([5 * ratio, 4 * ratio]);
    line(ctx, left, y, left + width, y);
    ctx.setLineDash([2 * ratio, 3 * ratio]);
    if (atMs > 0 && x < left + width) line(ctx, x, y, x, top + height);
    label(ctx, `${name} φ ${phi.toFixed(2)}`, {
      x: left + 6 * ratio,
      y: y - 3 * ratio,
      halo: colours.surface,
    });
  }
  ctx.setLineDash([]);
  ctx.strokeStyle = colours['line-strong'];
  const zero = Math.round(plot.valToPos(0, 'x', true)) + 0.5;
  line(ctx, zero, top, zero, top + height);
  ctx.restore();
}

/** With a halo, so that it can be read across a curve. */
function label(
  ctx: CanvasRenderingContext2D,
  text: string,
  { x, y, halo }: { readonly x: number; readonly y: number; readonly halo: string },
): void {
  ctx.save();
  ctx.setLineDash([]);
  ctx.strokeStyle = halo;
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.strokeText(text, x, y);
  ctx.restore();
  ctx.fillText(text, x, y);
}

function line(ctx: CanvasRenderingContext2D, x1: number, y1: number, x2: number, y2: number): void {
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  ctx.lineTo(x2, y2);
  ctx.stroke();
}
