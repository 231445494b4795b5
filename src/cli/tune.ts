import { writeFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { duration } from '../config/kinds.js';
import { namespaceSettings } from '../config/namespace-settings.js';
import { FleetError } from '../fleet/parse.js';
import { CostCurve } from '../quality/cost-curve.js';
import { costPlot } from '../quality/report/cost-plot.js';
import { type ArrivalSource, arrivalSource } from '../quality/source.js';
import { SpoolError } from '../quality/spool.js';
import type { Target } from '../quality/target.js';
import { TraceError } from '../quality/trace.js';
import type { Verification } from '../quality/verification.js';
import { CliError, EXIT_USAGE } from './cli-error.js';
import { toJson } from './json.js';
import { addCallOptions, type CallOptions, parserOf } from './options.js';
import { type ShownProgress, showReplayProgress } from './replay-progress.js';
import { printable } from './text.js';
import { liveTuning } from './tune-live.js';
import { type Proposal, parseProposal, parseTarget } from './tune-options.js';
import { traceTuning, traceVerification } from './tune-trace.js';
import { verificationLines } from './tune-verification.js';
import { type TuneView, tuneLines } from './tune-view.js';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;

interface TuneOptions extends CallOptions {
  readonly trace?: readonly string[];
  readonly target?: Target;
  readonly set?: Proposal;
  readonly clear?: boolean;
  /** `true` without a duration. */
  readonly dryRun?: number | true;
  readonly author: string;
  readonly verify: boolean;
  readonly maxSilence?: number;
  readonly plot?: string;
}

const HELP = `
Every late heartbeat was a suspicion proved wrong, for any threshold that its silence had passed. phid counts
them by φ, on all nodes, and so knows what each threshold would have cost:
  FALSE ALARMS  times that a user who is there all day is suspected wrongly
  FLAPS         the same of all sessions there are, an hour: each is a change to the worse and one back
  DETECTION     from the last heartbeat to the suspicion, of who falls silent for good: mean, and for 99 of 100
  ~             fewer than eight were counted: from the last φ of which more were, φ is taken at its word

--target answers with the threshold that meets it and costs least otherwise, or says why none does (exit code 1):
  false_alarms<=RATE     a rate is NUMBER/user-day or NUMBER/user-week
  detection<=DURATION    on average; detection_p99<=DURATION: for 99 of 100

--set changes thresholds on every node within two seconds, until --clear: they win over the configuration file.
Each is a φ, a rate of false alarms, or a detection time. With --dry-run nothing changes: they are counted beside
those in force, and "phid tune" says what came of it. With --trace nothing is set: the table shows their cost.

Examples:
  phid tune                                              what the thresholds cost now, and what others would
  phid tune --target "false_alarms<=1/user-week"
  phid tune --set offline=4.6 --dry-run 24h              try it for a day
  phid tune --set suspect=2.5,offline=0.1/user-day
  phid tune --clear                                      back to the configuration
  phid tune --trace trace.csv.gz --target "detection<=20s"
  phid tune --trace a.csv.gz b.csv.gz --verify           are predictions kept?
  phid tune --plot costs.svg
  phid tune --json | jq '.quality.whatIf[] | [.phi, .falseAlarmsPerUserDay]'`;

export function addTune(program: Command): void {
  const command = program
    .command('tune')
    .description('what thresholds cost and what others would, live or on recorded heartbeats; and set them');
  addCallOptions(command, 'one JSON object')
    .addOption(
      new Option(
        '--trace <trace...>',
        'recorded heartbeats, or a synthetic fleet, in place of a server; several only with --verify',
      ).conflicts(['clear', 'dryRun']),
    )
    .addOption(new Option('--target <target>', 'which threshold keeps this').argParser(parseTarget))
    .addOption(
      new Option('--set <thresholds>', 'suspect=VALUE,offline=VALUE; one that is left out stays').argParser(
        parseProposal,
      ),
    )
    .addOption(new Option('--clear', 'go back to the configuration').conflicts('set'))
    .addOption(
      new Option(
        '--dry-run [duration]',
        'only count what --set would cost, for so long (1s to 30d; 24h if left out)',
      ).argParser(parserOf(duration(SECOND_MS, 30 * DAY_MS))),
    )
    .addOption(new Option('--author <name>', 'who sets thresholds, for the log').default(defaultAuthor()))
    .option(
      '--verify',
      'with --trace: hold the predictions for each user against a replay with each φ',
      false,
    )
    .addOption(
      new Option(
        '--max-silence <duration>',
        'with --trace: who is silent for so long is gone (without: nobody is)',
      ).argParser(parserOf(namespaceSettings.maxSilenceMs.kind)),
    )
    .option('--plot <file>', 'also draw false alarms against detection time: an SVG')
    .addHelpText('after', HELP)
    .action(run);
}

function defaultAuthor(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    // The user of a container may have no name.
    return hostname();
  }
}

async function run(options: TuneOptions): Promise<void> {
  const { trace, verify, json, dryRun } = options;
  const needsTrace = verify ? '--verify' : options.maxSilence === undefined ? undefined : '--max-silence';
  if (needsTrace && trace === undefined) throw new CliError(`${needsTrace} needs --trace`, EXIT_USAGE);
  if (dryRun !== undefined && !options.set && !options.clear) {
    throw new CliError('--dry-run needs --set (to begin one) or --clear (to end it)', EXIT_USAGE);
  }
  if (trace !== undefined && verify) {
    const work = (source: ArrivalSource, progress: ShownProgress) =>
      traceVerification(source, options, progress);
    const each: Verification[] = [];
    for (const one of trace) each.push(await ofTrace(one, work));
    const verification = {
      same: each.flatMap(({ same }) => same),
      later: each.flatMap(({ later }) => later),
    };
    write(json ? [JSON.stringify(verification)] : verificationLines(verification));
    return;
  }
  const [first, ...others] = trace ?? [];
  if (others.length > 0)
    throw new CliError(`--trace takes ${others[0]} besides only with --verify`, EXIT_USAGE);
  const view =
    first === undefined
      ? await liveTuning({ ...options, dryRunMs: dryRun === true ? DAY_MS : dryRun })
      : await ofTrace(first, (source, progress) => traceTuning(source, options, progress));
  if (options.plot !== undefined) await writePlot(options.plot, view);
  write(json ? [toJson(view)] : tuneLines(view));
  if (view.answer?.isMet === false) {
    throw new CliError(`no threshold meets ${view.answer.target}: ${view.answer.reason}`);
  }
}

async function ofTrace<T extends TuneView | Verification>(
  text: string,
  work: (source: ArrivalSource, progress: ShownProgress) => Promise<T>,
): Promise<T> {
  const progress = showReplayProgress();
  try {
    return await work(arrivalSource(text), progress);
  } catch (error) {
    if (error instanceof FleetError) throw new CliError(error.message, EXIT_USAGE);
    if (error instanceof TraceError || error instanceof SpoolError) throw new CliError(error.message);
    throw error;
  } finally {
    progress.clear();
  }
}

async function writePlot(path: string, { title, quality, proposed, answer }: TuneView): Promise<void> {
  const { suspect, offline } = proposed ?? quality;
  const marked = [
    { label: 'SUSPECT', costs: suspect },
    { label: 'OFFLINE', costs: offline },
    ...(answer?.isMet ? [{ label: 'target', costs: answer.costs }] : []),
  ];
  await writeFile(path, costPlot(new CostCurve(quality.whatIf), { title, marked })).catch((error: Error) => {
    throw new CliError(`--plot: ${error.message}`);
  });
}

function write(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(''));
}
