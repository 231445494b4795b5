import type { BenchResult, Figure, Target } from './bench.js';
import { magnitudeOf } from './statistics.js';

/** A result as Markdown: a table for each case, and one of the targets. */
export function markdownOf({ figures, targets = [] }: BenchResult): string {
  const plain: [string, Figure][] = [];
  const cases = new Map<string, Map<string, Map<string, Figure>>>();
  for (const [name, figure] of Object.entries(figures)) {
    const [label = '', contender, quantity] = name.split('.');
    if (contender === undefined || quantity === undefined) plain.push([name, figure]);
    else {
      const quantities = cases.get(label) ?? new Map<string, Map<string, Figure>>();
      const cells = quantities.get(quantity) ?? new Map<string, Figure>();
      cases.set(label, quantities.set(quantity, cells.set(contender, figure)));
    }
  }
  const tables: string[] = [];
  for (const [label, quantities] of cases) {
    const contenders = [...new Set([...quantities.values()].flatMap((cells) => [...cells.keys()]))];
    const rows = [...quantities].map(([quantity, cells]) => [
      quantity,
      ...contenders.map((name) => textOf(cells.get(name))),
    ]);
    tables.push(table([label, ...contenders], rows));
  }
  if (plain.length > 0)
    tables.push(
      table(
        ['figure', 'value'],
        plain.map(([name, figure]) => [name, textOf(figure)]),
      ),
    );
  const aims = targets.filter(({ figure }) => figure in figures).map((target) => targetRow(target, figures));
  if (aims.length > 0) tables.push(table(['target', 'measured', 'aim', ''], aims));
  return tables.join('\n\n');
}

/** A GitHub-flavoured table. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, column) =>
    Math.max(3, text.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] as number)).join(' | ')} |`;
  const rule = line(widths.map((width) => '-'.repeat(width)));
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** Median and quartiles, to three digits. */
function textOf(figure: Figure | undefined): string {
  if (figure === undefined) return '';
  if (typeof figure === 'number') return numberText(figure);
  return `${numberText(figure.median)} (${numberText(figure.q1)} to ${numberText(figure.q3)})`;
}

export function numberText(value: number): string {
  if (!Number.isFinite(value)) return '-';
  if (Number.isInteger(value)) return value.toLocaleString('en');
  const digits = Math.min(3, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function targetRow(target: Target, figures: BenchResult['figures']): string[] {
  const { figure, atMost, atLeast } = target;
  const measured = figures[figure] as Figure;
  const value = magnitudeOf(measured);
  const isReached = value <= (atMost ?? value) && value >= (atLeast ?? value);
  const aim = atMost === undefined ? `>= ${numberText(atLeast as number)}` : `<= ${numberText(atMost)}`;
  return [figure, textOf(measured), aim, isReached ? 'reached' : 'missed'];
}
