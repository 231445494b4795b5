/** Colours of the lines, one a detector in the order of the lab: on light ground, on dark ground. */
const COLOURS = [
  ['#0b62d6', '#5aa9ff'],
  ['#5b6570', '#a3adb8'],
  ['#a85400', '#eb9d55'],
  ['#7a45d0', '#b99bf5'],
  ['#16793a', '#5bd07a'],
  ['#c3232f', '#ff8078'],
  ['#0a7080', '#45c8d6'],
  ['#8a6100', '#dbb042'],
  ['#b02e80', '#f583c2'],
] as const;

const line = (colour: string, i: number) => `.s${i}{--line:${colour}}`;

/** Colours, on light ground and on dark. */
const THEME = `:root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--ink:#1b2128;--soft:#5b6570;--rule:#dde1e6;--faint:#eceff2;
--good:#16793a;--bad:#c3232f;--accent:#0b62d6}
${COLOURS.map(([light], i) => line(light, i)).join('')}
@media(prefers-color-scheme:dark){:root{--ground:#0f1318;--card:#171c23;--ink:#e4e8ed;--soft:#9aa5b1;--rule:#2c343e;
--faint:#212832;--good:#5bd07a;--bad:#ff8078;--accent:#5aa9ff}
${COLOURS.map(([, dark], i) => line(dark, i)).join('')}}`;

/** What is drawn within a plot. */
const PLOT = `svg text{font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--soft)}
svg .name{fill:var(--ink)}
svg .label{fill:var(--line)}
svg .main .label{font-weight:700}
.grid{stroke:var(--faint);fill:none}
.axis{stroke:var(--soft);fill:none}
.diagonal{stroke:var(--soft);stroke-dasharray:5 4;fill:none}
.line{fill:none;stroke:var(--line);stroke-width:1.6;stroke-linejoin:round}
.main .line{stroke-width:3.2}
.mark{fill:var(--line);stroke:var(--card);stroke-width:1}`;

/** The style of a plot that is a file of its own. */
export const PLOT_STYLE = `${THEME}\n${PLOT}\n.card{fill:var(--card)}`;

/** The style of the page: everything in it, nothing from elsewhere. */
export const STYLE = `
${THEME}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;
-webkit-text-size-adjust:100%}
main,header,footer{max-width:1200px;margin:0 auto;padding:0 20px}
header{padding-top:36px}
h1{font-size:26px;line-height:1.2;margin:0 0 6px;letter-spacing:-.01em}
h2{font-size:19px;margin:44px 0 2px;letter-spacing:-.005em}
h3{font-size:14px;margin:0 0 8px;font-weight:600}
p{margin:0 0 10px;max-width:75ch}
.lead,.facts,footer{color:var(--soft)}
.facts{margin:0 0 14px}
a{color:var(--accent)}
nav ul{display:flex;flex-wrap:wrap;gap:4px 18px;margin:14px 0 0;padding:0;list-style:none}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(215px,1fr));gap:14px;margin:26px 0 0}
.card{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:16px 18px;min-width:0}
.tile b{display:block;font-size:27px;line-height:1.25;font-weight:650;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:13px;line-height:1.4;display:block}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,480px),1fr));gap:14px;margin-bottom:14px}
.scroll{overflow-x:auto}
.scroll+.scroll{margin-top:20px}
.scroll:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
figure{margin:0}
figure svg{display:block;width:100%;min-width:440px;height:auto;overflow:visible}
${PLOT}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:13.5px}
caption{text-align:left;color:var(--soft);padding:0 0 8px;font-size:13px}
th,td{padding:5px 10px;border-bottom:1px solid var(--faint);text-align:right;white-space:nowrap}
thead th{border-bottom-color:var(--rule);color:var(--soft);font-weight:600}
tbody th{text-align:left;font-weight:400}
thead th.text{text-align:left}
tbody tr:hover{background:var(--faint)}
td small{color:var(--soft);font-size:12px;margin-left:.55em}
.fewest{font-weight:700}
.ratio{width:150px;height:14px;vertical-align:-2px}
.ratio .mid{stroke:var(--soft)}
.better{fill:var(--good)}
.worse{fill:var(--bad)}
details{margin-top:10px}
summary{cursor:pointer;color:var(--accent);padding:4px 0}
details[open]>summary{margin-bottom:8px}
footer{padding-top:36px;padding-bottom:48px;font-size:13.5px}
@media(max-width:560px){main,header,footer{padding-left:14px;padding-right:14px}.card{padding:13px 12px}h1{font-size:22px}}
@media print{body{background:#fff}.card{break-inside:avoid}}
`;
