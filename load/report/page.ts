// A run as a page to read: the verdicts first, then what was asked for and where, then each series as a
// plot with its numbers beside it. One file, nothing from the network.
import { amount } from '../bars.ts';
import { isPassed, type LoadReport } from '../result.ts';
import { escaped, shown, table } from './html.ts';
import { drawLegend, drawPlot, type LinePlot } from './line-plot.ts';
import { plotsOf } from './plots.ts';
import { style } from './style.ts';

/** More rows are thinned: the result file has them all. */
const rowsMax = 120;

export function reportPage(report: LoadReport): string {
  const title = `atlas load ${report.scenario}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}, ${escaped(report.date.slice(0, 16).replace('T', ' '))}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>${escaped(report.about)}</p>
${standing(report)}
<section><div class="wide" tabindex="0" role="region" aria-label="The bars">${verdictTable(report)}</div></section>
<section class="sides"><div class="wide" tabindex="0" role="region" aria-label="Classes">${classTable(report)}</div>
<div class="wide settings" tabindex="0" role="region" aria-label="The run">${settingsTable(report)}</div></section>
${plotsOf(report)
  .map((plot) => plotSection(plot, report))
  .join('\n')}
</main>
</body>
</html>
`;
}

function standing(report: LoadReport): string {
  const { voidBecause } = report.load;
  if (voidBecause.length > 0) {
    return `<p class="bad">Void: ${escaped(voidBecause.join('; '))}. These figures say nothing.</p>`;
  }
  return isPassed(report)
    ? '<p class="good">Every bar was kept.</p>'
    : '<p class="bad">Not every bar was kept.</p>';
}

function verdictTable({ verdicts, load }: LoadReport): string {
  const isVoid = load.voidBecause.length > 0;
  const rows = verdicts.map(({ what, unit, is, bar, value, isKept }) => [
    what,
    `${is} ${bar} ${unit}`,
    value === null ? 'not measured' : amount(value, unit),
    isVoid ? 'void' : isKept ? '✔ kept' : '✖ not kept',
  ]);
  return table('The bars', ['promise', 'bar', 'measured', 'verdict'], rows)
    .replaceAll('<td>✔ kept', '<td class="good">✔ kept')
    .replaceAll('<td>✖ not kept', '<td class="bad">✖ not kept');
}

function classTable({ load }: LoadReport): string {
  const classes = Object.values(load.classes);
  const row = (name: string, of: (figures: (typeof classes)[number]) => number) => [
    name,
    ...classes.map((figures) => shown(of(figures))),
  ];
  return table(
    'Classes of traffic',
    ['figure', ...Object.keys(load.classes)],
    [
      row('offered', ({ offered }) => offered),
      row(`good (within ${load.deadlineMs} ms)`, ({ good }) => good),
      row('served in the end', ({ served }) => served),
      row('requests sent', ({ sent }) => sent),
      row('of them retries', ({ retries }) => retries),
      row('shed', ({ requests }) => requests.shed),
      row('refused for good', ({ requests }) => requests.refused),
      row('failed', ({ requests }) => requests.failed),
      row('p50, ms', ({ latency }) => latency.p50Ms),
      row('p99, ms', ({ latency }) => latency.p99Ms),
      row('p99.9, ms', ({ latency }) => latency.p999Ms),
      row('longest, ms', ({ latency }) => latency.maxMs),
      row('p99 of a refusal, ms', ({ shed }) => shed.p99Ms),
    ],
  );
}

function settingsTable(report: LoadReport): string {
  const { machine, settings, load, screens } = report;
  const { sendLag, sendLagMaxMs, socketsMost, socketsMax } = load.generator;
  const rows = [
    ['date', report.date],
    ['machine', `${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB`],
    ['system', `${machine.system}, Node ${machine.node}`],
    ...Object.entries(settings).map(([name, value]) => [
      name,
      typeof value === 'number' ? String(Number(value.toPrecision(4))) : String(value),
    ]),
    ['send lag p99', `${shown(sendLag.p99Ms)} ms (bound ${sendLagMaxMs} ms)`],
    ['sockets', `${socketsMost} of at most ${socketsMax}`],
    ...(screens === undefined
      ? []
      : [
          ['screen reconnects', String(screens.reconnects)],
          ['change → screen p50', `${shown(screens.changeToScreen.p50Ms)} ms`],
        ]),
  ];
  return `<p><code>${escaped(report.command)}</code></p>${table('The run', ['setting', 'value'], rows)}`;
}

function plotSection(plot: LinePlot, { load }: LoadReport): string {
  const title = `${escaped(plot.title)} <small>${escaped(plot.unit)}</small>`;
  return `<section><h2>${title}</h2>
<div class="sides"><figure style="margin:0">${drawPlot(plot, load.phases)}${drawLegend(plot)}</figure>
<div class="scroll" tabindex="0" role="region" aria-label="${escaped(plot.title)}, the numbers">${numbers(plot)}</div></div></section>`;
}

function numbers({ lines, title }: LinePlot): string {
  const seconds = Math.max(...lines.map(({ values }) => values.length));
  const every = Math.ceil(seconds / rowsMax);
  const rows = Array.from({ length: Math.ceil(seconds / every) }, (_, index) => [
    String(index * every),
    ...lines.map(({ values }) => shown(values[index * every])),
  ]);
  return table(title, ['second', ...lines.map(({ name }) => name)], rows);
}
