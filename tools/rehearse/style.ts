/** Style of the page; light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --text: #1c2430; --muted: #5d6879; --paper: #ffffff; --panel: #f6f7f9; --grid: #d9dee6;
  --old: #4c78a8; --new: #2a9d6f; --failed: #d1344b; --band: #eef1f5; --rollback: #fbe9ec; }
@media (prefers-color-scheme: dark) { :root { --text: #e6eaf0; --muted: #98a3b3; --paper: #12161c; --panel: #1a2028;
  --grid: #303947; --old: #7aa6d6; --new: #4cc38f; --failed: #f0637a; --band: #1d242e; --rollback: #35202a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 28px 20px 48px; }
h1 { font-size: 21px; margin: 0; }
h2 { font-size: 16px; margin: 0 0 8px; }
header p { margin: 2px 0; }
.ending { font-weight: 600; }
.ending.completed { color: var(--new); }
.ending.rolled-back, .ending.unfinished { color: var(--failed); }
.muted { color: var(--muted); }
svg { width: 100%; height: auto; margin-top: 14px; font: 12px system-ui, sans-serif; display: block; }
svg text { fill: var(--muted); }
svg .title { fill: var(--text); font-weight: 600; font-size: 13px; }
svg .mark { text-anchor: end; }
svg .axis, svg .stage { text-anchor: middle; }
svg .stage { fill: var(--text); }
svg .grid { stroke: var(--grid); }
svg .band { fill: transparent; }
svg .band.odd { fill: var(--band); }
svg .band.ROLLBACK { fill: var(--rollback); }
svg line.rollback { stroke: var(--failed); stroke-width: 1.5; }
svg rect.old { fill: var(--old); }
svg rect.new { fill: var(--new); }
svg rect.failed { fill: var(--failed); }
svg .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .line.old { stroke: var(--old); }
svg .line.new { stroke: var(--new); }
svg .line.wide { stroke-width: 6; opacity: 0.45; }
svg .area.new { fill: var(--new); opacity: 0.16; }
svg .got { fill: none; stroke: var(--text); stroke-width: 1.2; stroke-dasharray: 1 3; opacity: 0.75; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; margin: 6px 0 26px; }
.legend span:not(.muted)::before { content: ""; display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 7px; background: currentColor; }
.legend .old { color: var(--old); } .legend .new { color: var(--new); } .legend .failed { color: var(--failed); }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(330px, 1fr)); gap: 24px; }
section { background: var(--panel); border-radius: 8px; padding: 16px 18px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 3px 0 3px 14px; font-weight: 400; }
th[scope] { text-align: left; padding-left: 0; }
thead th { color: var(--muted); }
.bad { color: var(--failed); font-weight: 600; }
dl { margin: 14px 0 0; display: grid; grid-template-columns: max-content 1fr; gap: 3px 14px; }
dt { color: var(--muted); } dd { margin: 0; }
.timeline { list-style: none; margin: 0; padding: 0; font-variant-numeric: tabular-nums; }
.timeline time { display: inline-block; min-width: 52px; color: var(--muted); }
.timeline .task { color: var(--muted); }
.timeline .alarm, .timeline .rollback { color: var(--failed); }
.timeline .traffic, .timeline .end { font-weight: 600; }
`;
