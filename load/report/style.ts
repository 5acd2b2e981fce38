// The page's look, inside the page: it is read without the network, by day and by night, at a desk and on
// a phone.
export const style = `
:root {
  color-scheme: light dark;
  --ground: #fcfcfa; --raised: #ffffff; --text: #1c2126; --quiet: #5a646e; --edge: #d9dde1;
  --band: #eef1f4; --good: #176c3a; --bad: #b3261e; --c0: #1f5fbf; --c1: #b45309; --c2: #0f766e;
  --c3: #a21caf; --c4: #4d7c0f; --c5: #be123c;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171a; --raised: #1c2024; --text: #e8eaed; --quiet: #a3acb5; --edge: #363c43;
    --band: #262b31; --good: #6ad08f; --bad: #ff8a80; --c0: #7fb0ff; --c1: #f5b05c; --c2: #5cd6c6;
    --c3: #ec8ef5; --c4: #b2dd62; --c5: #ff8fa6;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1.5rem 1rem 4rem; background: var(--ground);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0; }
h2 { font-size: 1.1rem; margin: 0; }
h2 small { color: var(--quiet); font-weight: 400; }
p { margin: 0.25rem 0; }
code { font-size: 0.9em; overflow-wrap: anywhere; }
.good { color: var(--good); font-weight: 600; }
.bad { color: var(--bad); font-weight: 600; }
section { margin-top: 2rem; }
.sides { display: grid; gap: 1rem; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); margin-top: 0.5rem; }
.sides > * { background: var(--raised); border: 1px solid var(--edge); border-radius: 0.5rem; padding: 0.75rem; }
.wide, .scroll { overflow: auto; }
.scroll { max-height: 24rem; }
.wide:focus-visible, .scroll:focus-visible { outline: 2px solid var(--c0); outline-offset: 1px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 0.875rem; }
caption { text-align: left; color: var(--quiet); padding-bottom: 0.25rem; }
th, td { padding: 0.2rem 0.5rem; text-align: right; border-bottom: 1px solid var(--edge); vertical-align: top; }
th { font-weight: 600; } tbody th { font-weight: 400; }
th:first-child { text-align: left; }
td { white-space: nowrap; }
.settings td { white-space: normal; overflow-wrap: anywhere; }
svg { display: block; width: 100%; height: auto; }
.grid { stroke: var(--edge); stroke-width: 1; }
.band { fill: var(--band); }
.tick, .phase { fill: var(--quiet); font: 12px system-ui, sans-serif; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.c0 { stroke: var(--c0); } .c1 { stroke: var(--c1); } .c2 { stroke: var(--c2); }
.c3 { stroke: var(--c3); } .c4 { stroke: var(--c4); } .c5 { stroke: var(--c5); }
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; list-style: none; margin: 0.5rem 0 0; padding: 0;
  font-size: 0.875rem; }
.legend li { display: flex; align-items: center; gap: 0.4rem; }
.legend svg { width: 1.75rem; }
@media (max-width: 46rem) {
  .sides { grid-template-columns: minmax(0, 1fr); }
  .scroll { max-height: 16rem; }
  th, td { padding: 0.2rem 0.3rem; }
  td.good, td.bad { white-space: normal; }
}
@media print { .scroll { max-height: none; } }
`;
